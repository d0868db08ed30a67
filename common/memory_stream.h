/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory_stream.h - memory alone, of another kind of file, as a plain stream:
 * that of an HVM guest of which nothing else is known.
 *
 *     headers | STATIC_DATA_END | PAGE_DATA ... | END
 *
 * Its records are those of Xen's sender, each of the 1024 pfns from a multiple
 * of 1024 on, without those that are not there.
 */
#ifndef MEMORY_STREAM_H
#define MEMORY_STREAM_H

#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "io.h"

#define MEMORY_STREAM_BATCH	1024u	/* pfns of a record */

struct memory_stream {
	struct sink out;
	uint64_t pfn[MEMORY_STREAM_BATCH];
	uint8_t *pages;		/* MEMORY_STREAM_BATCH of them */
	uint32_t count;		/* of both that are taken */
	uint64_t next;		/* pfn of the room that was given */
};

/*
 * memory_stream_open(s, fd, f): what stands in front of the pages, to fd.
 * memory_stream_room(s, pfn, count, f): where the page of pfn is to be put,
 * which is behind all those before; *count becomes how many there is room for,
 * this one and those that follow it.  NULL for -1.
 * memory_stream_take(s, count): so many pages are there.
 * memory_stream_end(s, f): no more come; END; closes fd.
 * memory_stream_close(s): frees what *s holds.
 * A pfn has at most 52 bits.  0, or -1 with EXIT_SYSTEM.
 */
int memory_stream_open(struct memory_stream *s, int fd, struct fault *f);
uint8_t *memory_stream_room(struct memory_stream *s, uint64_t pfn,
    uint64_t *count, struct fault *f);
void memory_stream_take(struct memory_stream *s, uint64_t count);
int memory_stream_end(struct memory_stream *s, struct fault *f);
void memory_stream_close(struct memory_stream *s);

#endif
