/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lane.h - the sender's end of one lane: a command that carries chunks, and
 * brings replies.
 *
 *     DOWN -> GREETING -> OPEN -> CLOSING -> DOWN
 *
 * What it has under way are its flights, in their order: it carries in order.
 */
#ifndef LANE_H
#define LANE_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "fault.h"
#include "format.h"
#include "reply.h"
#include "spool.h"

#define LANE_FLIGHTS	1024u	/* at most */

struct flight {
	uint64_t number;	/* of the chunk */
	size_t   size;
	uint64_t since;		/* us: when it was handed over */
	uint64_t carried;	/* bytes that had come over by then */
};

enum lane_state {
	LANE_DOWN,		/* no command runs */
	LANE_GREETING,		/* the collector did not answer yet */
	LANE_OPEN,
	LANE_CLOSING		/* the command is to end */
};

struct lane {
	const char *text;	/* the command */
	uint32_t number;
	enum lane_state state;
	struct command command;
	struct parcel *out;	/* that is going out: */
	size_t   written;	/* bytes of it */
	uint8_t  reply[REPLY_SIZE];	/* that is coming: */
	size_t   heard;		/* bytes of it */
	struct flight flight[LANE_FLIGHTS];
	uint64_t sent, came;	/* flights [came, sent), modulo LANE_FLIGHTS */
	uint64_t carried;	/* bytes that came over since it started */
	uint64_t rate;		/* bytes per second, as far as it is known */
	uint64_t latency;	/* us: a chunk's, about, */
	uint64_t quickest;	/* and the least that it was; 0: not known */

	struct fault why;	/* CLOSING: why it ends; status EXIT_DONE: it
				   was to */
	uint64_t at;		/* us: to act: start it, end it by force, or
				   give a deaf one up */
	unsigned pressed;	/* signals that it got to end */
	unsigned backoff;	/* ms, before it is started again */
	bool     hopeless;	/* starting it again would not help */
	bool     deaf;		/* the command does not take any more */
	bool     ending;	/* END is what goes out last */
	uint64_t heard_at;	/* us: the last reply */
	uint64_t chunks;	/* that it carried, in all */
};

/*
 * lane_start(l, first, now, f): starts the command of a lane that is DOWN; first
 * is what goes out before all chunks.  0, or -1 as command_start.
 * lane_close(l, why, now): it is over: *why says why, with EXIT_DONE when it was
 * to end.  The command has half a second to exit by itself.
 * lane_deafen(l, now): the command does not take any more.  It has half a second
 * to say why, and to exit.
 * lane_reap(l, now, f): of one that is CLOSING: whether the command is gone: then
 * it is DOWN, and *f says how it ended; EXIT_DONE for well.
 */
int lane_start(struct lane *l, struct parcel *first, uint64_t now,
    struct fault *f);
void lane_close(struct lane *l, const struct fault *why, uint64_t now);
void lane_deafen(struct lane *l, uint64_t now);
bool lane_reap(struct lane *l, uint64_t now, struct fault *f);

/*
 * lane_has_room(l): whether it is to get a chunk: nothing is going out, and what
 * is under way is what it carries in half a second, or two chunks.
 * lane_eta(l, size): us until so many bytes more have come over, about.
 * lane_give(l, p, number, now): hands it the chunk.
 * lane_flies(l, number): whether it has the chunk under way.
 */
bool lane_has_room(const struct lane *l);
uint64_t lane_eta(const struct lane *l, size_t size);
void lane_give(struct lane *l, struct parcel *p, uint64_t number,
    uint64_t now);
bool lane_flies(const struct lane *l, uint64_t number);

/*
 * lane_write(l, f): what there is room for.  0, or -1 with EXIT_SYSTEM.
 * lane_read(l, set, r, f): the next reply: 1, 0 when it has not come yet, or -1:
 * as reply_get, EXIT_SYSTEM for an end, which is none that was expected.
 */
int lane_write(struct lane *l, struct fault *f);
int lane_read(struct lane *l, const uint8_t set[PART_SET_SIZE],
    struct reply *r, struct fault *f);

/*
 * lane_land(l, came, now): so many chunks came over; calls land(ctx, number) of
 * each that is new.  False when that cannot be.
 */
bool lane_land(struct lane *l, uint64_t came, uint64_t now,
    void (*land)(void *ctx, uint64_t number), void *ctx);

#endif
