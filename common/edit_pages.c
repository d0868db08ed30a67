/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "edit_pages.h"
#include "format.h"
#include "pages.h"

/* An entry is left out. */
static int
note(struct edit *e, const struct page *page, struct fault *f)
{
	e->pages++;
	return page->bytes == NULL ? 0 : edited_drop(e->out, page->pfn, f);
}

struct dropping {
	struct edit *e;
	const struct edit_rule *rule;
};

static int
stays(void *ctx, const struct pages *p, const struct page *page,
    struct fault *f)
{
	const struct dropping *d = ctx;
	bool selected = expr_record(&d->rule->expr, p->rec) &&
	    expr_page(&d->rule->expr, page->pfn);

	if (selected == (d->rule->action == EDIT_KEEP))
		return 1;
	return note(d->e, page, f);
}

int
edit_pages_drop(struct edit *e, const struct edit_rule *rule,
    struct record *rec, struct fault *f)
{
	struct dropping d = { .e = e, .rule = rule };

	if (pages_keep(rec, stays, &d, f) == -1)
		return -1;
	e->records += rec->part == PART_NONE;
	return 0;
}

int
edit_pages_gone(struct edit *e, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	struct fault none;

	if (pages_open(&p, rec, &none) == -1)
		return 0;
	while (pages_next(&p, &page))
		if (note(e, &page, f) == -1)
			return -1;
	return 0;
}

/* Without the entries of page tables, or the places that the start info names,
 * a PV guest is not restored. */
static bool
is_needed(const struct edit *e, const struct page *page)
{
	return e->pv && (page_level(page->type) > 0 || memcmp(page->bytes,
	    START_INFO_MAGIC, START_INFO_MAGIC_SIZE) == 0);
}

static int
refuse_needed(const struct record *rec, const struct page *page,
    struct fault *f)
{
	record_fault(f, EXIT_REFUSED, rec, "pfn 0x%" PRIx64 " is %s, without "
	    "which the guest is not restored", page->pfn,
	    page_level(page->type) > 0 ? "a page table" : "the start info");
	return fault_hint(f, "-f zeroes it; --zero without pfn= leaves page "
	    "tables and start info as they are");
}

int
edit_pages_zero(struct edit *e, const struct edit_rule *rule,
    struct record *rec, struct fault *f)
{
	bool named = expr_has_pages(&rule->expr), needed;
	struct pages p;
	struct page page;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	while (pages_next(&p, &page)) {
		if (page.bytes == NULL || !expr_page(&rule->expr, page.pfn))
			continue;
		needed = is_needed(e, &page);
		if (needed && !named) {
			e->needed++;
			continue;
		}
		if (needed && !e->out->force)
			return refuse_needed(rec, &page, f);
		memset(rec->body + (page.bytes - rec->body), 0, PAGE_SIZE);
		e->zeroed++;
	}
	return 0;
}
