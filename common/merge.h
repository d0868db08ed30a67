/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * merge.h - chunks that come in any order, written in theirs.
 *
 *     next .. next + window    may be here: a ring of `window` places
 */
#ifndef MERGE_H
#define MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "outlet.h"
#include "parts.h"
#include "record.h"

#define MERGE_WINDOW_MAX	65536u	/* chunks */
#define MERGE_SPARE		8u

struct merge {
	struct outlet out;
	struct record *place;	/* without a body: its chunk is not here */
	uint32_t window;	/* chunks */
	uint64_t next;		/* the one that is written now */
	size_t   written;	/* bytes of its payload that are */
	uint64_t last, highest;	/* number of the last, UINT64_MAX until it is
				   known; one more than the highest here */
	uint64_t payload, checkpoints, again;	/* again: came more than once */
	struct record spare[MERGE_SPARE];	/* bodies to be used again */
	unsigned spares;
};

/*
 * merge_open(m, window, f): for so many chunks, 2 to MERGE_WINDOW_MAX; m->out is
 * open.  0, or -1 with EXIT_SYSTEM.
 */
int merge_open(struct merge *m, uint32_t window, struct fault *f);
void merge_close(struct merge *m);

/*
 * merge_add(m, c, rec, f): a chunk that was verified; takes its body, and gives
 * another one for it.  One that came before is left.  0, or -1 with
 * EXIT_MALFORMED for one that is out of the window, or behind the last.
 */
int merge_add(struct merge *m, const struct chunk *c, struct record *rec,
    struct fault *f);

/* merge_ready(m): whether there is something to write. */
bool merge_ready(const struct merge *m);

/*
 * merge_write(m, f): writes what is next, as far as there is room, the last chunk
 * behind all others.  0, or -1 with EXIT_SYSTEM.
 */
int merge_write(struct merge *m, struct fault *f);

/* merge_ended(m): whether the last chunk was written. */
bool merge_ended(const struct merge *m);

#endif
