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

/* A lane that ends because it is to. */
extern const struct fault lane_fine;

/*
 * lanes_tend(e, l, now, f): lets a lane go on that waits for its time: it is
 * started, or its command made to end.  0, or -1 with EXIT_SYSTEM.
 * lanes_close(e, l, why, now): as lane_close; what it has under way goes over
 * others.
 * lanes_finish(e, l, now): all is over: END for one that has nothing to do; the
 * others are not needed.
 * lanes_end(e): ends all of them, whatever their commands do, and waits for that.
 */
int lanes_tend(struct engine *e, struct lane *l, uint64_t now,
    struct fault *f);
void lanes_close(struct engine *e, struct lane *l, const struct fault *why,
    uint64_t now);
void lanes_finish(struct engine *e, struct lane *l, uint64_t now);
void lanes_end(struct engine *e);

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
