/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "lint_rule.h"
#include "types.h"

#define SUPERPAGE	512u	/* pages of 2 MiB */

/*
 * Whether a run of pages that would make 2 MiB goes on in this record where
 * the one before ended.  Only the first round is restored to memory that is
 * not there yet.
 */
static int
check_torn(struct lint *l, const struct record *rec, uint64_t first,
    uint64_t last, struct fault *f)
{
	bool torn = l->rounds == 1 && first == l->last_pfn + 1 &&
	    first % SUPERPAGE != 0;

	if (l->rounds == 0 || first <= l->last_pfn)
		l->rounds += l->rounds < 2;
	l->last_pfn = last;
	if (!torn)
		return 0;
	return lint_wrong(l, LINT_SUPERPAGE, rec, f, "2 MiB of memory are "
	    "torn apart at pfn 0x%" PRIx64, first);
}

static int
check_page(struct lint *l, const struct record *rec, const struct page *page,
    struct fault *f)
{
	if (lint_limit(l, rec, page->pfn, f) == -1)
		return -1;
	if (page->type == PAGE_BROKEN && lint_wrong(l, LINT_BROKEN, rec, f,
	    "pfn 0x%" PRIx64 " is broken", page->pfn) == -1)
		return -1;
	if (l->guests == GUEST_PV)
		return lint_pv_page(l, rec, page, f);
	return 0;
}

int
lint_pages(struct lint *l, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	uint64_t first = 0;
	bool reserved = get_le32(rec->body + 4) != 0;

	if (pages_open(&p, rec, f) == -1)
		return lint_tell(l, LINT_PAGE_DATA, f);
	while (pages_next(&p, &page)) {
		if (p.next == 1)
			first = page.pfn;
		reserved |= page.reserved != 0;
		if (check_page(l, rec, &page, f) == -1)
			return -1;
	}
	if (reserved && lint_wrong(l, LINT_RESERVED, rec, f,
	    "reserved bits are not zero") == -1)
		return -1;
	return l->guests != GUEST_HVM ? 0 :
	    check_torn(l, rec, first, page.pfn, f);
}
