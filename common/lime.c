/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "lime.h"
#include "memory_run.h"
#include "memory_stream.h"

bool
lime_knows(const uint8_t *bytes, size_t size)
{
	return size >= sizeof(uint32_t) && get_le32(bytes) == LIME_MAGIC;
}

/* The header of the pages from there on. */
static int
write_header(struct sparse *out, uint64_t pfn, uint64_t count,
    struct fault *f)
{
	uint8_t header[LIME_HEADER_SIZE] = { 0 };

	put_le32(header, LIME_MAGIC);
	put_le32(header + LIME_VERSION_OFFSET, LIME_VERSION);
	put_le64(header + LIME_START_OFFSET, PAGE_SIZE * pfn);
	put_le64(header + LIME_END_OFFSET, PAGE_SIZE * (pfn + count) - 1);
	return sparse_put(out, header, sizeof(header), f);
}

static int
write_ranges(struct memory_run *run, struct memory *m, struct sparse *out,
    struct fault *f)
{
	uint64_t pfn, first, count, next = 0;
	int more;

	while ((more = memory_run_length(m, next, &first, &count, f)) == 1) {
		if (write_header(out, first, count, f) == -1)
			return -1;
		next = first + count;
		for (pfn = first; pfn < next; pfn += run->count)
			if (memory_run_next(run, m, pfn, f) == -1 ||
			    sparse_pages(out, run->bytes, run->count, f) == -1)
				return -1;
	}
	return more;
}

int
lime_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f)
{
	struct memory_run *run = malloc(sizeof(*run));
	int result;

	(void)c;
	if (run == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	result = write_ranges(run, m, out, f);
	free(run);
	return result;
}

/* A file that is read. */
struct lime {
	struct source in;
	struct memory_stream out;
	uint64_t ranges;	/* that were begun */
	uint64_t at;		/* of the header, in bytes */
	uint64_t start, end;	/* of the range: end is behind it */
	uint64_t next;		/* the first pfn that may come */
};

static int
cut(const struct lime *l, struct fault *f)
{
	return fault_set(f, EXIT_MALFORMED, "cut short at byte %" PRIu64
	    ", in range %" PRIu64, l->in.offset, l->ranges);
}

static int
check_header(struct lime *l, const uint8_t *header, struct fault *f)
{
	uint32_t version = get_le32(header + LIME_VERSION_OFFSET);
	uint64_t last = get_le64(header + LIME_END_OFFSET);

	if (get_le32(header) != LIME_MAGIC)
		return fault_set(f, EXIT_MALFORMED, "byte %" PRIu64 ": no "
		    "range of LiME begins there", l->at);
	if (version != LIME_VERSION) {
		fault_set(f, EXIT_REFUSED, "range %" PRIu64 " at byte %" PRIu64
		    ": version %" PRIu32 ", known is %u", l->ranges, l->at,
		    version, LIME_VERSION);
		return fault_hint(f, "avml-convert makes version 1 of what "
		    "avml compressed");
	}
	l->start = get_le64(header + LIME_START_OFFSET);
	l->end = last + 1;
	if (last < l->start || last == UINT64_MAX)
		return fault_set(f, EXIT_MALFORMED, "range %" PRIu64 " at "
		    "byte %" PRIu64 ": it ends at 0x%" PRIx64 ", before it "
		    "starts", l->ranges, l->at, last);
	if (l->start / PAGE_SIZE < l->next)
		return fault_set(f, EXIT_REFUSED, "range %" PRIu64 " at byte %"
		    PRIu64 ": it starts at 0x%" PRIx64 ", in or before the "
		    "last page of those before", l->ranges, l->at, l->start);
	l->next = (last / PAGE_SIZE) + 1;
	return 0;
}

/* 1 for a range, 0 where the file ended, or -1. */
static int
read_header(struct lime *l, struct fault *f)
{
	uint8_t header[LIME_HEADER_SIZE];
	size_t got;

	l->at = l->in.offset;
	if (source_read(&l->in, header, sizeof(header), &got, f) == -1)
		return -1;
	if (got == 0)
		return 0;
	if (got < sizeof(header))
		return cut(l, f);
	return check_header(l, header, f) == -1 ? -1 : 1;
}

/* The bytes of [from, l->end) of as many pages as there is room for. */
static int
read_some(struct lime *l, uint64_t *from, struct fault *f)
{
	uint64_t pfn = *from / PAGE_SIZE, count, size;
	size_t before = (size_t)(*from % PAGE_SIZE), got, whole;
	uint8_t *to = memory_stream_room(&l->out, pfn, &count, f);

	if (to == NULL)
		return -1;
	size = PAGE_SIZE * count - before;
	if (size > l->end - *from)
		size = l->end - *from;
	whole = (size_t)stored_whole(before + size);
	memset(to, 0, before);
	memset(to + before + size, 0, whole - before - (size_t)size);
	if (source_read(&l->in, to + before, (size_t)size, &got, f) == -1)
		return -1;
	if (got < size)
		return cut(l, f);
	memory_stream_take(&l->out, whole / PAGE_SIZE);
	*from += size;
	return 0;
}

static int
read_ranges(struct lime *l, struct fault *f)
{
	uint64_t from;
	int more;

	while ((more = read_header(l, f)) == 1) {
		for (from = l->start; from < l->end; )
			if (read_some(l, &from, f) == -1)
				return -1;
		l->ranges++;
	}
	if (more == 0 && l->ranges == 0)
		return fault_set(f, EXIT_MALFORMED, "empty input");
	return more;
}

int
lime_read(const struct convert *c, int out, struct fault *f)
{
	struct lime l = { .ranges = 0 };
	int result;

	if (source_open(&l.in, c->in, f) == -1)
		return -1;
	result = memory_stream_open(&l.out, out, f);
	if (result == 0)
		result = read_ranges(&l, f);
	if (result == 0)
		result = memory_stream_end(&l.out, f);
	memory_stream_close(&l.out);
	source_close(&l.in);
	return result;
}
