/* SPDX-License-Identifier: LGPL-2.1-or-later */
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

/* The word of the entry that pages_next just returned. */
static uint64_t
word_of(const struct pages *p, const struct page *page)
{
	const uint8_t *entry = p->rec->body + PAGE_DATA_HEADER_SIZE +
	    8 * (size_t)(p->next - 1);
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

static int
is_latest(void *ctx, const struct pages *p, const struct page *page,
    struct fault *f)
{
	const struct latest *l = ctx;

	(void)f;
	return pfns_get(l->pfns, page->pfn) == word_of(p, page);
}

int
latest_keep(struct latest *l, struct record *rec, struct fault *f)
{
	return pages_keep(rec, is_latest, l, f);
}
