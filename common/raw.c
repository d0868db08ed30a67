/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "memory_run.h"
#include "memory_stream.h"
#include "raw.h"

static int
write_runs(struct memory_run *run, struct memory *m, struct sparse *out,
    struct fault *f)
{
	uint64_t next = 0;
	int more;

	while ((more = memory_run_next(run, m, next, f)) == 1) {
		if (sparse_skip(out, (run->pfn - next) * PAGE_SIZE, f) == -1 ||
		    sparse_pages(out, run->bytes, run->count, f) == -1)
			return -1;
		next = run->pfn + run->count;
	}
	return more;
}

int
raw_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f)
{
	struct memory_run *run = malloc(sizeof(*run));
	int result;

	(void)c;
	if (run == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	result = write_runs(run, m, out, f);
	free(run);
	return result;
}

/* Some pages, from pfn on, of what comes.  1, 0 at its end, or -1. */
static int
read_some(const struct convert *c, struct source *in, uint64_t *pfn,
    struct memory_stream *s, struct fault *f)
{
	static const uint8_t zeroes[PAGE_SIZE];
	uint64_t count;
	uint8_t *to = memory_stream_room(s, *pfn, &count, f);
	size_t got;

	if (c->absent_zeroes)
		count = 1;
	if (to == NULL || source_read(in, to, (size_t)(PAGE_SIZE * count),
	    &got, f) == -1)
		return -1;
	if (got % PAGE_SIZE != 0)
		return fault_set(f, EXIT_MALFORMED, "it ends at byte %" PRIu64
		    ", within a page", in->offset);
	count = got / PAGE_SIZE;
	*pfn += count;
	if (!c->absent_zeroes || memcmp(to, zeroes, PAGE_SIZE) != 0)
		memory_stream_take(s, count);
	return count > 0;
}

static int
read_pages(const struct convert *c, struct source *in,
    struct memory_stream *s, struct fault *f)
{
	uint64_t pfn = 0;
	int more;

	while ((more = read_some(c, in, &pfn, s, f)) == 1)
		;
	if (more == 0 && pfn == 0)
		return fault_set(f, EXIT_MALFORMED, "empty input");
	return more;
}

int
raw_read(const struct convert *c, int out, struct fault *f)
{
	struct memory_stream s;
	struct source in;
	int result;

	if (source_open(&in, c->in, f) == -1)
		return -1;
	result = memory_stream_open(&s, out, f);
	if (result == 0)
		result = read_pages(c, &in, &s, f);
	if (result == 0)
		result = memory_stream_end(&s, f);
	memory_stream_close(&s);
	source_close(&in);
	return result;
}
