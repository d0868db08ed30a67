/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * spool.h - chunks that are kept until the other side has written them: in
 * memory, and, what is more than SPOOL_MEMORY, in a file without a name.
 *
 *     first .. end        are there: a ring of `capacity` places
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"

#define SPOOL_MEMORY	((size_t)64 << 20)	/* bytes */

/* A record as it stands in a stream; freed by the last who lets go of it. */
struct parcel {
	unsigned refs;
	size_t   size;
	uint8_t  bytes[];
};

/* What is known of one chunk. */
struct spooled {
	struct parcel *parcel;	/* NULL: it is in the file */
	size_t   size;
	uint64_t given;		/* us: when a lane got it last */
	unsigned flying;	/* lanes that have it under way */
	bool     came;		/* the other side has it */
};

struct spool {
	struct spooled *chunk;
	uint64_t capacity, first, end;	/* chunks; numbers */
	size_t   slot;		/* bytes of the largest */
	size_t   memory;	/* bytes in use */
	int      fd;		/* -1: no file is needed */
};

/*
 * parcel_new(front, size, rec, f): of a record, with so many bytes in front of it;
 * NULL with EXIT_SYSTEM.
 * parcel_free(p): lets go of it; NULL is allowed.
 */
struct parcel *parcel_new(const void *front, size_t size,
    const struct record *rec, struct fault *f);
void parcel_free(struct parcel *p);

/*
 * spool_open(s, bytes, slot, f): for chunks that are parcels of up to `slot`
 * bytes, as many as fit, and at least two.  0, or -1 with EXIT_SYSTEM.
 */
int spool_open(struct spool *s, uint64_t bytes, size_t slot,
    struct fault *f);
void spool_close(struct spool *s);

/* spool_full(s): whether no chunk can be added. */
bool spool_full(const struct spool *s);

/* spool_add(s, rec, f): the next chunk.  0, or -1 with EXIT_SYSTEM. */
int spool_add(struct spool *s, const struct record *rec, struct fault *f);

/* spool_at(s, number): one that is there. */
struct spooled *spool_at(const struct spool *s, uint64_t number);

/* spool_take(s, number, f): one that is there, to be let go of; NULL with
 * EXIT_SYSTEM. */
struct parcel *spool_take(const struct spool *s, uint64_t number,
    struct fault *f);

/* spool_drop(s, below): chunks that are not needed any more. */
void spool_drop(struct spool *s, uint64_t below);

#endif
