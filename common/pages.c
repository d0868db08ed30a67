/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "pages.h"

static const char *const names[PAGE_TYPES] = {
	"NOTAB", "L1TAB", "L2TAB", "L3TAB", "L4TAB",
	"reserved", "reserved", "reserved", "reserved",
	"L1TAB-pinned", "L2TAB-pinned", "L3TAB-pinned", "L4TAB-pinned",
	"BROKEN", "XALLOC", "XTAB",
};

const char *
page_type_name(enum page_type type)
{
	return names[type];
}

bool
page_type_parse(const char *word, enum page_type *type)
{
	unsigned i;

	for (i = PAGE_NOTAB; i < PAGE_TYPES; i++)
		if ((i <= PAGE_L4TAB || i >= PAGE_L1TAB_PINNED) &&
		    strcmp(names[i], word) == 0) {
			*type = (enum page_type)i;
			return true;
		}
	return false;
}

static uint64_t
entry(const struct pages *p, uint32_t i)
{
	return get_le64(p->rec->body + PAGE_DATA_HEADER_SIZE +
	    8 * (size_t)i);
}

static enum page_type
type_of(uint64_t entry)
{
	return (enum page_type)(entry >> PFN_TYPE_SHIFT);
}

int
pages_open(struct pages *p, const struct record *rec, struct fault *f)
{
	uint64_t want;
	uint32_t i;
	enum page_type type;

	*p = (struct pages){ .rec = rec };
	if (rec->length >= PAGE_DATA_HEADER_SIZE)
		p->count = get_le32(rec->body);
	if (p->count == 0)
		return record_fault(f, EXIT_MALFORMED, rec, "no pfns");
	want = PAGE_DATA_HEADER_SIZE + 8 * (uint64_t)p->count;
	if (want > rec->length)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", %" PRIu32 " pfns take more", rec->length, p->count);
	p->bytes = rec->body + want;
	for (i = 0; i < p->count; i++) {
		type = type_of(entry(p, i));
		if (type > PAGE_L4TAB && type < PAGE_L1TAB_PINNED)
			return record_fault(f, EXIT_MALFORMED, rec, "pfn 0x%"
			    PRIx64 " is of the reserved type %u",
			    entry(p, i) & PFN_MASK, (unsigned)type);
		p->full += page_has_data(type);
	}
	want += PAGE_SIZE * (uint64_t)p->full;
	if (want != rec->length)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", its pfns take %" PRIu64, rec->length, want);
	return 0;
}

bool
pages_next(struct pages *p, struct page *page)
{
	uint64_t e;

	if (p->next == p->count)
		return false;
	e = entry(p, p->next++);
	page->pfn = e & PFN_MASK;
	page->type = type_of(e);
	page->reserved = e >> 52 & 0xff;
	page->bytes = NULL;
	if (page_has_data(page->type)) {
		page->bytes = p->bytes;
		p->bytes += PAGE_SIZE;
	}
	return true;
}

int
pages_limit(const struct record *rec, uint64_t max_pfn, struct fault *f)
{
	struct pages p;
	struct page page;
	struct fault unread;

	if (rec->type != REC_PAGE_DATA || pages_open(&p, rec, &unread) == -1)
		return 0;
	while (pages_next(&p, &page)) {
		if (page.pfn <= max_pfn)
			continue;
		record_fault(f, EXIT_REFUSED, rec, "pfn 0x%" PRIx64
		    " is above 0x%" PRIx64, page.pfn, max_pfn);
		return fault_hint(f, "--max-pfn raises that limit");
	}
	return 0;
}

/* What stays, so far: entries and pages have moved to their fronts. */
struct kept {
	uint8_t *entries, *pages;
	uint32_t count, full;
};

/* Entry and page that pages_next just returned, towards the front. */
static void
keep_entry(struct kept *k, const struct pages *p, const struct page *page)
{
	uint8_t *to = k->entries + 8 * (size_t)k->count++;
	const uint8_t *from = k->entries + 8 * (size_t)(p->next - 1);

	if (to != from)
		memmove(to, from, 8);
	if (page->bytes == NULL)
		return;
	to = k->pages + PAGE_SIZE * (size_t)k->full++;
	if (to != page->bytes)
		memmove(to, page->bytes, PAGE_SIZE);
}

/* The pages follow the entries, of which there are fewer now. */
static void
close_gap(struct record *rec, const struct kept *k)
{
	size_t entries = 8 * (size_t)k->count;
	size_t pages = PAGE_SIZE * (size_t)k->full;

	memmove(k->entries + entries, k->pages, pages);
	put_le32(rec->body, k->count);
	record_set(rec, REC_PAGE_DATA,
	    (uint32_t)(PAGE_DATA_HEADER_SIZE + entries + pages));
}

int
pages_keep(struct record *rec, pages_stays *stays, void *ctx,
    struct fault *f)
{
	struct pages p;
	struct page page;
	struct kept k;
	int result;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	k = (struct kept){ .entries = rec->body + PAGE_DATA_HEADER_SIZE };
	k.pages = k.entries + 8 * (size_t)p.count;
	while (pages_next(&p, &page)) {
		if ((result = stays(ctx, &p, &page, f)) == -1)
			return -1;
		if (result == 1)
			keep_entry(&k, &p, &page);
	}
	if (k.count == 0)
		rec->part = PART_NONE;
	else if (k.count < p.count)
		close_gap(rec, &k);
	return 0;
}
