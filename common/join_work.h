/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * join_work.h - what the join*.c files share, and nobody else uses.
 */
#ifndef JOIN_WORK_H
#define JOIN_WORK_H

#include <stdbool.h>
#include <stdint.h>

#include "io.h"
#include "join.h"
#include "part_set.h"
#include "record.h"

/* What the threads share. */
struct joining {
	struct join *j;
	struct part_set set;
	bool from_stdin;

	/* In the order of reading. */
	uint32_t current;	/* the part that is read */
	uint64_t next;		/* number of the next chunk */
	bool     last;		/* the last one was read */

	/* In the order of writing. */
	struct sink out;
	struct record held;	/* the last chunk that came: the payload
				   may end with it */
	bool     holds;
};

/* One thread's. */
struct joiner {
	struct part_file part;	/* that its chunk is of: name and header */
	struct record rec;
	struct chunk chunk;
};

/*
 * join_goes_on(g, f): to salvage: whether to go on without what this fault is
 * of, which is told then.
 */
bool join_goes_on(const struct joining *g, const struct fault *f);

/*
 * join_read(ctx, worker, f): in stream order: the next chunk, of whatever
 * part.  1, 0 after the last, or -1 as join_run says.
 */
int join_read(void *ctx, void *worker, struct fault *f);

#endif
