/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory.h - a guest's memory, any page at once, and the records around it:
 * a stored image, or a stream that was made one for the time being.
 *
 *     for (pfn = 0; memory_next(m, pfn, &e, f) == 1; pfn = e.pfn + 1)
 *             stored_page(&m->stored, e.pfn, page, f)
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"
#include "store.h"
#include "stored.h"

struct memory {
	struct stored stored;
};

/*
 * memory_read(m, fd, max_pfn, f): the plain stream on fd, of any kind in
 * format.h, to its end, kept in files without a name in spill_directory
 * (spill.h).  Its last copy of each page counts.
 * 0, or -1 with *f as stream_next, pages_open and store.h say; EXIT_REFUSED
 * for a pfn above max_pfn, a checkpointed stream, and one that has a layer.
 */
int memory_read(struct memory *m, int fd, uint64_t max_pfn, struct fault *f);

/* memory_keep(s, fd, max_pfn, f): the same into *s, to its end, with
 * store_end; *s stays the caller's. */
int memory_keep(struct store *s, int fd, uint64_t max_pfn, struct fault *f);

/* memory_take(m, fd, path, f): the stored image fd; as stored_take. */
int memory_take(struct memory *m, int fd, const char *path, struct fault *f);

void memory_close(struct memory *m);

/*
 * memory_next(m, pfn, e, f): the first pfn that is not below pfn and is memory:
 * as stored_next, but not what the stream took back (XTAB, BROKEN).  What came
 * without content (XALLOC) is zeroes.
 */
int memory_next(struct memory *m, uint64_t pfn, struct stored_entry *e,
    struct fault *f);

/*
 * memory_records(m, take, taker, f): all pieces of the stream but PAGE_DATA,
 * in order, records whole, to take, which returns 0, or -1 with *f.
 * 0, or -1 as take and stored_bytes, or with EXIT_INTEGRITY or EXIT_MALFORMED
 * when they are not whole.
 */
int memory_records(struct memory *m,
    int (*take)(void *taker, const struct record *rec, struct fault *f),
    void *taker, struct fault *f);

#endif
