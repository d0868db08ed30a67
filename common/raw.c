/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "memory_run.h"
#include "memory_stream.h"
#include "raw.h"

/* What is written, and the pfn that comes next. */
struct raw {
	struct sparse *out;
	uint64_t next;
};

static int
put_run(void *raw, const struct stored_entry *e, size_t count,
    uint8_t *bytes, struct fault *f)
{
	struct raw *r = raw;
	uint64_t gap = (e[0].pfn - r->next) * PAGE_SIZE;

	r->next = e[0].pfn + count;
	return sparse_skip(r->out, gap, f) == -1 ? -1 :
	    sparse_pages(r->out, bytes, count, f);
}

int
raw_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f)
{
	struct raw r = { .out = out };

	(void)c;
	return memory_each(m, put_run, &r, f);
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
	if (count > 0 && (!c->absent_zeroes ||
	    memcmp(to, zeroes, PAGE_SIZE) != 0))
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
