/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "edit_pages.h"
#include "format.h"
#include "pages.h"

static bool
stays(const struct edit_rule *rule, const struct record *rec, uint64_t pfn)
{
	bool selected = expr_record(&rule->expr, rec) &&
	    expr_page(&rule->expr, pfn);

	return selected == (rule->action == EDIT_KEEP);
}

/* An entry is left out. */
static int
note(struct edit *e, const struct page *page, struct fault *f)
{
	e->pages++;
	return page->bytes == NULL ? 0 : edited_drop(e->out, page->pfn, f);
}

/* How many entries stay; -1 with *f set.  Notes the others. */
static int64_t
count_stays(struct edit *e, const struct edit_rule *rule,
    const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	int64_t count = 0;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	while (pages_next(&p, &page))
		if (stays(rule, rec, page.pfn))
			count++;
		else if (note(e, &page, f) == -1)
			return -1;
	return count;
}

/* Moves the data that stay together, behind all entries: how many bytes. */
static size_t
gather_data(const struct edit_rule *rule, struct record *rec,
    struct pages p, uint8_t *to)
{
	uint8_t *start = to;
	struct page page;

	while (pages_next(&p, &page))
		if (page.bytes != NULL && stays(rule, rec, page.pfn)) {
			memmove(to, page.bytes, PAGE_SIZE);
			to += PAGE_SIZE;
		}
	return (size_t)(to - start);
}

/* In place: the data before the entries, which say where they are. */
static int
squeeze(const struct edit_rule *rule, struct record *rec, uint32_t count,
    struct fault *f)
{
	struct pages p;
	uint8_t *entry = rec->body + PAGE_DATA_HEADER_SIZE, *to = entry, *data;
	uint32_t i;
	size_t size;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	data = entry + 8 * (size_t)p.count;
	size = gather_data(rule, rec, p, data);
	for (i = 0; i < p.count; i++, entry += 8)
		if (stays(rule, rec, get_le64(entry) & PFN_MASK)) {
			memmove(to, entry, 8);
			to += 8;
		}
	memmove(to, data, size);
	put_le32(rec->body, count);
	record_set(rec, REC_PAGE_DATA,
	    (uint32_t)((size_t)(to - rec->body) + size));
	return 0;
}

int
edit_pages_drop(struct edit *e, const struct edit_rule *rule,
    struct record *rec, struct fault *f)
{
	int64_t count = count_stays(e, rule, rec, f);

	if (count == -1)
		return -1;
	if (count == 0) {
		rec->part = PART_NONE;
		e->records++;
		return 0;
	}
	return count == get_le32(rec->body) ? 0 :
	    squeeze(rule, rec, (uint32_t)count, f);
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
