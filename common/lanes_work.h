/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lanes_work.h - what the lanes*.c files share, and nobody else uses.
 */
#ifndef LANES_WORK_H
#define LANES_WORK_H

#include <poll.h>
#include <stdbool.h>

#include "intake.h"
#include "lanes.h"
#include "parts.h"
#include "spool.h"

struct engine {
	struct lanes *l;
	struct part_header header;
	struct parcel *end;	/* END */
	struct intake in;	/* from the filler */
	enum { FILLING, WHOLE, CUT } filler;	/* CUT: it failed */
	struct spool spool;
	uint64_t next;		/* the lowest chunk that no lane has under way
				   and that did not come, or lower */
	uint64_t window;	/* chunks; 0: not known yet */
	uint64_t heard;		/* us: when a lane was heard of last */
	bool     done;		/* the collector is */
	bool     finishing;	/* lanes end */
	uint64_t until;		/* us: they may, until then */
	struct pollfd *poll;	/* the filler; two of each lane */
};

/* lanes_fill(l, fd, f): in the filler: the stream's chunks, and END, to fd. */
int lanes_fill(void *l, int fd, struct fault *f);

/*
 * lanes_assign(e, now, f): hands chunks to all lanes that have room.  The us
 * until one that is late may go over another lane, too, or 0.  -1 in *result
 * with EXIT_SYSTEM.
 */
uint64_t lanes_assign(struct engine *e, uint64_t now, int *result,
    struct fault *f);

/* lanes_lose(e, l): what the lane has under way has to go over others. */
void lanes_lose(struct engine *e, const struct lane *l);

/* lanes_hear(e, l, now, f): all replies of a lane.  0; 1: it failed, *f says
 * why; -1: nothing goes on. */
int lanes_hear(struct engine *e, struct lane *l, uint64_t now,
    struct fault *f);

#endif
