/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "bytes.h"
#include "io.h"
#include "regroup.h"

struct batch {
	int fd;
	uint64_t start;
	uint64_t word[REGROUP_BATCH];
	uint64_t pfn[REGROUP_BATCH];
	uint32_t count, full;	/* entries, and those with data */
	struct record rec;
};

/* How many pages from word[i] on follow each other in the stream, too. */
static uint32_t
run_length(const struct batch *b, uint32_t i)
{
	uint32_t n = 0;

	while (i + n < b->count && page_entry_has_data(b->word[i + n]) &&
	    latest_place(b->word[i + n]) ==
	    latest_place(b->word[i]) + (uint64_t)PAGE_SIZE * n)
		n++;
	return n;
}

static int
read_pages(struct batch *b, uint8_t *to, struct fault *f)
{
	uint32_t i, n;

	for (i = 0; i < b->count; i += n > 0 ? n : 1) {
		n = run_length(b, i);
		if (n > 0 && io_read_at(b->fd, to, (size_t)PAGE_SIZE * n,
		    b->start + latest_place(b->word[i]), f) == -1)
			return -1;
		to += (size_t)PAGE_SIZE * n;
	}
	return 0;
}

/* Makes b->rec of the batch, and empties it. */
static int
fill_record(struct batch *b, const struct record *first, struct fault *f)
{
	uint32_t length = PAGE_DATA_HEADER_SIZE + 8 * b->count +
	    PAGE_SIZE * b->full, i;
	uint8_t *to;

	if (record_reserve(&b->rec, length, f) == -1)
		return -1;
	b->rec.index = first->index;
	b->rec.offset = first->offset;
	record_set(&b->rec, REC_PAGE_DATA, length);
	put_le32(b->rec.body, b->count);
	put_le32(b->rec.body + 4, 0);
	to = b->rec.body + PAGE_DATA_HEADER_SIZE;
	for (i = 0; i < b->count; i++, to += 8)
		put_le64(to, (b->word[i] & ~PFN_MASK) | b->pfn[i]);
	if (read_pages(b, to, f) == -1)
		return -1;
	b->count = b->full = 0;
	return 0;
}

static int
hand_on(struct batch *b, const struct record *first, regroup_take *take,
    void *taker, struct fault *f)
{
	return fill_record(b, first, f) == -1 ? -1 : take(taker, &b->rec, f);
}

static int
make_batches(struct batch *b, const struct pfns *pfns,
    const struct record *first, regroup_take *take, void *taker,
    struct fault *f)
{
	uint64_t pfn, word;

	for (pfn = 0; pfns_next(pfns, &pfn, &word); pfn++) {
		if (b->count > 0 && b->pfn[0] / REGROUP_BATCH !=
		    pfn / REGROUP_BATCH &&
		    hand_on(b, first, take, taker, f) == -1)
			return -1;
		b->pfn[b->count] = pfn;
		b->word[b->count++] = word;
		b->full += page_entry_has_data(word);
	}
	return b->count == 0 ? 0 : hand_on(b, first, take, taker, f);
}

int
regroup_run(struct latest *l, int fd, uint64_t start,
    const struct record *first, regroup_take *take, void *taker,
    struct fault *f)
{
	struct batch *b = calloc(1, sizeof(*b));
	int result;

	if (b == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	b->fd = fd;
	b->start = start;
	pfns_sort(l->pfns);
	result = make_batches(b, l->pfns, first, take, taker, f);
	record_free(&b->rec);
	free(b);
	return result;
}
