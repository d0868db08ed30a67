/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "edited.h"
#include "format.h"
#include "pages.h"
#include "stream.h"

int
edited_open(struct edited *e, int fd, struct fault *f)
{
	e->lint.vcpus = LINT_VCPUS_MAX;
	e->lint.checkpoints = true;
	if ((e->lost = pfns_new()) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for pfns");
	sink_open(&e->out, fd);
	return 0;
}

int
edited_drop(struct edited *e, uint64_t pfn, struct fault *f)
{
	uint64_t *word;

	if (e->force || e->verify)
		return 0;
	if ((word = pfns_put(e->lost, pfn, f)) == NULL)
		return -1;
	e->lost_count += *word == 0;
	*word = 1;
	return 0;
}

/* A later copy of a page makes good for one that was dropped. */
static int
find_again(struct edited *e, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	struct fault none;
	uint64_t *word;

	if (e->lost_count == 0 || e->verify ||
	    pages_open(&p, rec, &none) == -1)
		return 0;
	while (pages_next(&p, &page)) {
		if (page.bytes == NULL || pfns_get(e->lost, page.pfn) == 0)
			continue;
		if ((word = pfns_put(e->lost, page.pfn, f)) == NULL)
			return -1;
		*word = 0;
		e->lost_count--;
	}
	return 0;
}

static int
check_lost(struct edited *e, const struct record *rec, struct fault *f)
{
	uint64_t pfn = 0, word;

	if (e->lost_count == 0)
		return 0;
	pfns_sort(e->lost);
	(void)pfns_next(e->lost, &pfn, &word);
	return record_fault(f, EXIT_REFUSED, rec, "%" PRIu64 " page%s, from "
	    "pfn 0x%" PRIx64 " on, would be restored without what came last "
	    "for %s", e->lost_count, e->lost_count == 1 ? "" : "s", pfn,
	    e->lost_count == 1 ? "it" : "them");
}

/* What is known of the pages at this record. */
static int
follow(struct edited *e, const struct record *rec, struct fault *f)
{
	if (rec->part != PART_RECORD)
		return 0;
	switch (rec->type) {
	case REC_PAGE_DATA:
		return find_again(e, rec, f);
	case REC_VERIFY:
		e->verify = true;
		return 0;
	case REC_CHECKPOINT:
	case REC_END:
		return check_lost(e, rec, f);
	default:
		return 0;
	}
}

static int
refuse(struct fault *f, const char *more)
{
	char text[FAULT_TEXT_SIZE];

	if (f->status == EXIT_SYSTEM)
		return -1;
	snprintf(text, sizeof(text), "%s", f->text);
	fault_set(f, EXIT_REFUSED, "the result is refused: %s", text);
	return fault_hint(f, "-f writes it nevertheless%s", more);
}

int
edited_take(void *edited, struct record *rec, struct fault *f)
{
	struct edited *e = edited;

	if (e->force)
		return stream_write(&e->out, rec, f);
	if (demand_take(&e->demand, rec, f) == -1)
		return refuse(f, "");
	if (lint_piece(&e->lint, rec, f) == -1)
		return refuse(f, "; rec-ls --lint shows what the input had "
		    "wrong before");
	if (follow(e, rec, f) == -1)
		return refuse(f, "");
	return stream_write(&e->out, rec, f);
}

int
edited_close(struct edited *e, struct fault *f)
{
	lint_free(&e->lint);
	demand_free(&e->demand);
	pfns_free(e->lost);
	e->lost = NULL;
	return sink_close(&e->out, f);
}
