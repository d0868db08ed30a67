/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "latest.h"

/* No place behind it would fit into a word. */
#define OFFSET_MAX	(PFN_MASK - RECORD_HEADER_SIZE - RECORD_LENGTH_MAX)

int
latest_begin(struct latest *l, struct fault *f)
{
	*l = (struct latest){ .pfns = pfns_new() };
	if (l->pfns == NULL)
		return fault_set(f, EXIT_SYSTEM,
		    "no memory for a table of pfns");
	return 0;
}

void
latest_free(struct latest *l)
{
	pfns_free(l->pfns);
	l->pfns = NULL;
}

static uint8_t *
entry_at(const struct record *rec, uint32_t i)
{
	return rec->body + PAGE_DATA_HEADER_SIZE + 8 * (size_t)i;
}

/* The word of the entry that pages_next just returned. */
static uint64_t
word_of(const struct pages *p, const struct page *page)
{
	const uint8_t *entry = entry_at(p->rec, p->next - 1);
	const uint8_t *at = page->bytes != NULL ? page->bytes : entry;

	return (get_le64(entry) & ~PFN_MASK) | (p->rec->offset +
	    RECORD_HEADER_SIZE + (uint64_t)(at - p->rec->body));
}

/* Whether it takes the place of what came before. */
static bool
replaces(const struct page *page, uint64_t before)
{
	return page->type != PAGE_XALLOC || before == 0 ||
	    !page_entry_has_data(before);
}

int
latest_note(struct latest *l, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	uint64_t *word;

	if (rec->offset > OFFSET_MAX)
		return record_fault(f, EXIT_REFUSED, rec,
		    "the stream is longer than 4 PiB");
	if (pages_open(&p, rec, f) == -1)
		return -1;
	while (pages_next(&p, &page)) {
		if ((word = pfns_put(l->pfns, page.pfn, f)) == NULL)
			return -1;
		if (replaces(&page, *word))
			*word = word_of(&p, &page);
	}
	l->entries += p.count;
	l->pages += p.full;
	return 0;
}

/*
 * Moves the entries that stay to the front.  How many these are, and how many
 * of them have data.
 */
static uint32_t
keep_entries(const struct latest *l, struct record *rec, struct pages *p,
    uint32_t *full)
{
	struct page page;
	uint32_t count = 0;

	*full = 0;
	while (pages_next(p, &page)) {
		if (pfns_get(l->pfns, page.pfn) != word_of(p, &page))
			continue;
		memmove(entry_at(rec, count++), entry_at(rec, p->next - 1), 8);
		*full += page.bytes != NULL;
	}
	return count;
}

/*
 * Moves their pages behind them, forward in the body: none is written over
 * before it was moved.  The words tell where they are, which keep_entries has
 * found to be in this body.
 */
static void
keep_pages(const struct latest *l, struct record *rec, uint32_t count)
{
	uint64_t body = rec->offset + RECORD_HEADER_SIZE, entry, word;
	uint8_t *to = entry_at(rec, count);
	uint32_t i;

	for (i = 0; i < count; i++) {
		entry = get_le64(entry_at(rec, i));
		if (!page_entry_has_data(entry))
			continue;
		word = pfns_get(l->pfns, entry & PFN_MASK);
		memmove(to, rec->body + (latest_place(word) - body),
		    PAGE_SIZE);
		to += PAGE_SIZE;
	}
}

int
latest_keep(const struct latest *l, struct record *rec, struct fault *f)
{
	struct pages p;
	uint32_t count, full;

	if (pages_open(&p, rec, f) == -1)
		return -1;
	count = keep_entries(l, rec, &p, &full);
	if (count == p.count)
		return 0;
	if (count == 0) {
		rec->part = PART_NONE;
		return 0;
	}
	keep_pages(l, rec, count);
	put_le32(rec->body, count);
	record_set(rec, REC_PAGE_DATA,
	    PAGE_DATA_HEADER_SIZE + 8 * count + PAGE_SIZE * full);
	return 0;
}
