/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mark.h - the CHECKs and DIGESTs of a damaged stream, found where they are.
 */
#ifndef MARK_H
#define MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check.h"
#include "fault.h"
#include "reel.h"

/* A CHECK with its header. */
#define CHECK_RECORD	((size_t)RECORD_HEADER_SIZE + CHECK_SIZE)

/* Where marks are looked for, and whose. */
struct marks {
	struct reel reel;
	uint64_t given_up;	/* bytes that mark_find took from the reel;
				   whoever tells of them sets it to 0 */
	bool     id_known;
	uint8_t  id[CHECK_ID_SIZE];
};

/* A CHECK or a DIGEST that is sound in itself. */
struct mark {
	size_t at;		/* from the reel's begin */
	size_t size;		/* with its header */
	bool   is_check;
	struct check check;
	struct digest digest;
};

/* mark_view(m, at): the record there, whose bytes are there and stay the
 * reel's. */
struct record mark_view(const struct marks *m, size_t at);

/* mark_at(m, at, mark): whether a mark of the stream begins there. */
bool mark_at(const struct marks *m, size_t at, struct mark *mark);

/*
 * mark_find(m, from, mark, f): the first mark of the stream, or while its id
 * is not known of any, from that place on, however far.  In front of it as
 * much stays there as a record may have.  1, 0 when there is none, or -1 with
 * EXIT_SYSTEM.
 */
int mark_find(struct marks *m, size_t from, struct mark *mark,
    struct fault *f);

#endif
