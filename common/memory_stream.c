/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "memory_stream.h"
#include "pages.h"
#include "stream.h"

/* A record's header, PAGE_DATA's, and an entry for each pfn. */
#define FRONT_SIZE	(RECORD_HEADER_SIZE + PAGE_DATA_HEADER_SIZE)
#define ENTRY_SIZE	8u

/* The version of Xen is not known: 0.0. */
static int
write_start(struct memory_stream *s, struct fault *f)
{
	static const struct record static_end = {
		.part = PART_RECORD, .type = REC_STATIC_DATA_END,
	};
	uint8_t headers[IMAGE_HEADERS_SIZE] = { 0 };

	memcpy(headers, IMAGE_MAGIC, IMAGE_MAGIC_SIZE);
	headers[IMAGE_VERSION_OFFSET + 3] = IMAGE_VERSION_MAX;
	put_le32(headers + DOMAIN_TYPE_OFFSET, DOMAIN_HVM);
	put_le16(headers + DOMAIN_PAGE_SHIFT_OFFSET, PAGE_SHIFT);
	return sink_put(&s->out, headers, sizeof(headers), f) == -1 ? -1 :
	    stream_write(&s->out, &static_end, f);
}

int
memory_stream_open(struct memory_stream *s, int fd, struct fault *f)
{
	*s = (struct memory_stream){ .count = 0 };
	sink_open(&s->out, fd);
	s->pages = malloc((size_t)PAGE_SIZE * MEMORY_STREAM_BATCH);
	if (s->pages == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	return write_start(s, f);
}

void
memory_stream_close(struct memory_stream *s)
{
	free(s->pages);
	s->pages = NULL;
}

/* The record of those that are there. */
static int
write_batch(struct memory_stream *s, struct fault *f)
{
	uint8_t front[FRONT_SIZE + ENTRY_SIZE * MEMORY_STREAM_BATCH];
	uint32_t entries = ENTRY_SIZE * s->count;
	size_t pages = (size_t)PAGE_SIZE * s->count, i;
	struct iovec iov[] = {
		{ .iov_base = front, .iov_len = FRONT_SIZE + entries },
		{ .iov_base = s->pages, .iov_len = pages },
	};

	if (s->count == 0)
		return 0;
	put_le32(front, REC_PAGE_DATA);
	put_le32(front + 4, PAGE_DATA_HEADER_SIZE + entries +
	    (uint32_t)pages);
	put_le32(front + RECORD_HEADER_SIZE, s->count);
	put_le32(front + RECORD_HEADER_SIZE + 4, 0);
	for (i = 0; i < s->count; i++)
		put_le64(front + FRONT_SIZE + ENTRY_SIZE * i, s->pfn[i] |
		    (uint64_t)PAGE_NOTAB << PFN_TYPE_SHIFT);
	s->count = 0;
	return sink_write(&s->out, iov, 2, f);
}

uint8_t *
memory_stream_room(struct memory_stream *s, uint64_t pfn, uint64_t *count,
    struct fault *f)
{
	if (s->count > 0 && pfn / MEMORY_STREAM_BATCH !=
	    s->pfn[0] / MEMORY_STREAM_BATCH && write_batch(s, f) == -1)
		return NULL;
	*count = MEMORY_STREAM_BATCH - pfn % MEMORY_STREAM_BATCH;
	s->next = pfn;
	return s->pages + (size_t)PAGE_SIZE * s->count;
}

void
memory_stream_take(struct memory_stream *s, uint64_t count)
{
	for (; count > 0; count--)
		s->pfn[s->count++] = s->next++;
}

int
memory_stream_end(struct memory_stream *s, struct fault *f)
{
	if (write_batch(s, f) == -1 ||
	    stream_write(&s->out, &record_end, f) == -1)
		return -1;
	return sink_close(&s->out, f);
}
