/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stored.h - a stored image, read: any page at once, and the stream around
 * the pages.  Its bytes are in format.h and xenrec.5.
 *
 * Functions that read return -1 with EXIT_SYSTEM, EXIT_MALFORMED (it is cut,
 * or its header or index is damaged) or EXIT_INTEGRITY (what it keeps is).
 */
#ifndef STORED_H
#define STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "pages.h"

/* A piece of the stream. */
struct stored_part {
	const char *name;
	uint64_t offset, length;	/* in the file, bytes */
	uint32_t crc;
};

struct stored {
	const char *path;	/* the caller's */
	int      fd;
	uint64_t size;		/* of the file */
	uint64_t places;	/* pfns below it may have a page */
	uint64_t pages;		/* pfns that have one */
	uint64_t span;		/* pfns from 0 on that the stream had */
	uint64_t leaves;
	struct stored_part head, tail;
	uint8_t *directory;
	uint64_t loaded;	/* the leaf that is in leaf; leaves: none */
	uint8_t  leaf[PAGE_SIZE];
};

/* What is known of a pfn. */
struct stored_entry {
	uint64_t pfn;
	enum page_type type;	/* that its page came with, if it has one;
				   XALLOC: memory without content */
	enum page_type last;	/* the last type */
	uint32_t crc;		/* of the page */
};

/* stored_whole(size): bytes of the pages that so many take. */
static inline uint64_t
stored_whole(uint64_t size)
{
	return (size + PAGE_SIZE - 1) / PAGE_SIZE * PAGE_SIZE;
}

/*
 * stored_open(s, path, f): reads header and directory.  -1 also with
 * EXIT_REFUSED: another version, a flag that is not known, no regular file.
 * Memory in proportion to the pfns that are in it.
 * stored_take(s, fd, path, f): the same of an open file, which is *s's from now
 * on, closed already if this fails; path is for messages.
 */
int stored_open(struct stored *s, const char *path, struct fault *f);
int stored_take(struct stored *s, int fd, const char *path, struct fault *f);
void stored_close(struct stored *s);

/*
 * stored_next(s, pfn, e, f): the first pfn in it that is not below `pfn`.
 * 1, 0 when there is none, or -1.
 */
int stored_next(struct stored *s, uint64_t pfn, struct stored_entry *e,
    struct fault *f);

/*
 * stored_read(s, e, count, bytes, f): the pages of e[0] to e[count - 1], which
 * have one, and whose pfns follow one another; checked.  0 or -1.
 */
int stored_read(const struct stored *s, const struct stored_entry *e,
    size_t count, uint8_t *bytes, struct fault *f);

/*
 * stored_page(s, pfn, bytes, f): the page of one pfn, checked, wherever it is.
 * 1, 0 when the pfn has none, or -1.
 */
int stored_page(struct stored *s, uint64_t pfn, uint8_t bytes[PAGE_SIZE],
    struct fault *f);

/*
 * stored_bytes(s, buf, size, offset, f): any bytes of the file, unchecked.
 * 0 or -1.
 */
int stored_bytes(const struct stored *s, void *buf, size_t size,
    uint64_t offset, struct fault *f);

/*
 * stored_fault(s, f, status, fmt, ...): fault_set with the file's name in
 * front.  Returns -1.
 */
int stored_fault(const struct stored *s, struct fault *f, int status,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
