/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packing.h - records packed as pages and unpacked again, with some under way
 * in any order that threads might have, and pages to do it with, which are the
 * same in each run.
 */
#ifndef PACKING_H
#define PACKING_H

#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "compress.h"
#include "expand.h"
#include "pages.h"
#include "tap.h"

#define UNDER_WAY	3u	/* records at the same time */

static uint64_t state = 88172645463325252u;

/* xorshift64, Marsaglia, "Xorshift RNGs", 2003. */
static inline uint64_t
draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static inline unsigned
below(unsigned n)
{
	return (unsigned)(draw() >> 32) % n;
}

static inline void
must(int result)
{
	if (result == -1)
		exit(1);
}

static inline void
noise_of(uint8_t *page, uint64_t mask)
{
	unsigned i;

	for (i = 0; i < PAGE_SIZE; i += 8)
		put_le64(page + i, draw() & mask);
}

static inline void
noise(uint8_t *page)
{
	noise_of(page, UINT64_MAX);
}

static inline void
text(uint8_t *page)
{
	unsigned i;

	for (i = 0; i < PAGE_SIZE; i++)
		page[i] = (uint8_t)('a' + below(4 + i % 7));
}

static inline void
copy(struct record *to, const struct record *from)
{
	struct fault f;

	*to = *from;
	to->body = NULL;
	to->room = 0;
	must(record_reserve(to, from->size + 8, &f));
	memcpy(to->body, from->body, from->size);
}

static inline bool
equal(const struct record *a, const struct record *b)
{
	return a->part == b->part && a->type == b->type &&
	    a->length == b->length && a->size == b->size &&
	    memcmp(a->body, b->body, a->size) == 0;
}

typedef int step(void *worker, struct record *rec, struct fault *f);

/*
 * One direction, UNDER_WAY workers: records are read, worked on, joined and
 * finished as threads might do it: in order where that is promised, and
 * otherwise the latest first.
 */
static inline int
run(void *const *worker, step *const steps[4], struct record *rec,
    unsigned count, struct fault *f)
{
	unsigned start, n, i, s;

	for (start = 0; start < count; start += n) {
		n = count - start < UNDER_WAY ? count - start : UNDER_WAY;
		for (s = 0; s < 4; s++)
			for (i = 0; i < n && steps[s] != NULL; i++) {
				unsigned k = s % 2 == 0 ? i : n - 1 - i;

				if (steps[s](worker[k], &rec[start + k],
				    f) == -1)
					return -1;
			}
	}
	return 0;
}

static inline int
pack(uint32_t window, int level, struct record *rec, unsigned count,
    struct counts *counts, struct fault *f)
{
	static step *const steps[4] = { NULL, compress_look, compress_join,
	    compress_finish };
	struct compressor *shared = compressor_new(level, window, UNDER_WAY,
	    f);
	void *worker[UNDER_WAY];
	unsigned i;
	int result;

	for (i = 0; i < UNDER_WAY; i++)
		must((worker[i] = compress_new(shared)) == NULL ? -1 : 0);
	result = run(worker, steps, rec, count, f);
	for (i = 0; i < UNDER_WAY; i++) {
		counts_add(counts, compress_counts(worker[i]));
		compress_free(worker[i]);
	}
	compressor_free(shared);
	return result;
}

static inline int
unpack(struct record *rec, unsigned count, struct counts *counts,
    struct fault *f)
{
	static step *const steps[4] = { expand_first, expand_open,
	    expand_join, expand_finish };
	struct expander *shared = expander_new(EXPAND_MEMORY, UNDER_WAY, f);
	void *worker[UNDER_WAY];
	unsigned i;
	int result;

	for (i = 0; i < UNDER_WAY; i++)
		must((worker[i] = expand_new(shared)) == NULL ? -1 : 0);
	result = run(worker, steps, rec, count, f);
	for (i = 0; i < UNDER_WAY; i++) {
		counts_add(counts, expand_counts(worker[i]));
		expand_free(worker[i]);
	}
	expander_free(shared);
	return result;
}

#endif
