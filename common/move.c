/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "move.h"

/* Nothing changes. */
#define DECLINE(state, why)	{ state, MOVE_DECLINE, state, why }
#define NO(state, why)		{ state, COPY_DECLINE, state, why }

static const char no_move[] = "no move of it is under way";
static const char not_sent[] = "END was not sent, so no copy can be whole";
static const char maybe[] = "END was sent, so a copy may run";
static const char given[] = "it was given away: a receipt said that its "
    "destination has it";

static const char no_copy[] = "no copy of this move is here";
static const char half[] = "a copy of this move is being made here, or was "
    "left half-built";
static const char here[] = "a whole copy of this move is here";
static const char gone[] = "a whole copy of this move was here, may have "
    "run, and is gone";
static const char refused[] = "this move failed or was refused here, so its "
    "source may run again";

static const struct move_step steps[MOVE_STATES][MOVE_EVENTS] = {
	[MOVE_NONE] = {
		[MOVE_EMIT] = { MOVE_SAVING, MOVE_SAVE, MOVE_SAVING, 0 },
		[MOVE_EMIT_FORCED] =
		    { MOVE_SAVING, MOVE_SAVE, MOVE_SAVING, 0 },
		[MOVE_BROKE] = DECLINE(MOVE_NONE, no_move),
		[MOVE_COPIED] = DECLINE(MOVE_NONE, no_move),
		[MOVE_END] = DECLINE(MOVE_NONE, no_move),
		[MOVE_RUNNING] = DECLINE(MOVE_NONE, no_move),
		[MOVE_PAUSED] = DECLINE(MOVE_NONE, no_move),
		[MOVE_FAILED] = DECLINE(MOVE_NONE, no_move),
		[MOVE_RESUME] = DECLINE(MOVE_NONE, no_move),
		[MOVE_RESUME_FORCED] =
		    { MOVE_NONE, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_DESTROY] = DECLINE(MOVE_NONE, no_move),
		[MOVE_DESTROY_FORCED] =
		    { MOVE_NONE, MOVE_REMOVE, MOVE_NONE, 0 },
	},
	[MOVE_SAVING] = {
		[MOVE_EMIT] = { MOVE_SAVING, MOVE_SAVE, MOVE_SAVING, 0 },
		[MOVE_EMIT_FORCED] =
		    { MOVE_SAVING, MOVE_SAVE, MOVE_SAVING, 0 },
		[MOVE_BROKE] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_COPIED] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_END] = { MOVE_SENT, MOVE_SEND, MOVE_SENT, 0 },
		[MOVE_RUNNING] = DECLINE(MOVE_SAVING, not_sent),
		[MOVE_PAUSED] = DECLINE(MOVE_SAVING, not_sent),
		[MOVE_FAILED] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_RESUME] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_RESUME_FORCED] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_DESTROY] = DECLINE(MOVE_SAVING, not_sent),
		[MOVE_DESTROY_FORCED] =
		    { MOVE_SAVING, MOVE_REMOVE, MOVE_NONE, 0 },
	},
	/* SAVING is written before the guest runs again: END is void then. */
	[MOVE_SENT] = {
		[MOVE_EMIT] = DECLINE(MOVE_SENT, maybe),
		[MOVE_EMIT_FORCED] =
		    { MOVE_SAVING, MOVE_SAVE, MOVE_SAVING, 0 },
		[MOVE_BROKE] = { MOVE_SENT, MOVE_STAY, MOVE_SENT, 0 },
		[MOVE_COPIED] = DECLINE(MOVE_SENT, maybe),
		[MOVE_END] = DECLINE(MOVE_SENT, maybe),
		[MOVE_RUNNING] = { MOVE_GIVEN, MOVE_REMOVE, MOVE_NONE, 0 },
		[MOVE_PAUSED] = { MOVE_GIVEN, MOVE_GRANT, MOVE_GIVEN, 0 },
		[MOVE_FAILED] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_RESUME] = DECLINE(MOVE_SENT, maybe),
		[MOVE_RESUME_FORCED] =
		    { MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
		[MOVE_DESTROY] = { MOVE_GIVEN, MOVE_REMOVE, MOVE_NONE, 0 },
		[MOVE_DESTROY_FORCED] =
		    { MOVE_GIVEN, MOVE_REMOVE, MOVE_NONE, 0 },
	},
	[MOVE_GIVEN] = {
		[MOVE_EMIT] = DECLINE(MOVE_GIVEN, given),
		[MOVE_EMIT_FORCED] = DECLINE(MOVE_GIVEN, given),
		[MOVE_BROKE] = DECLINE(MOVE_GIVEN, given),
		[MOVE_COPIED] = DECLINE(MOVE_GIVEN, given),
		[MOVE_END] = DECLINE(MOVE_GIVEN, given),
		[MOVE_RUNNING] = { MOVE_GIVEN, MOVE_REMOVE, MOVE_NONE, 0 },
		[MOVE_PAUSED] = { MOVE_GIVEN, MOVE_GRANT, MOVE_GIVEN, 0 },
		[MOVE_FAILED] = DECLINE(MOVE_GIVEN, given),
		[MOVE_RESUME] = DECLINE(MOVE_GIVEN, given),
		[MOVE_RESUME_FORCED] = DECLINE(MOVE_GIVEN, given),
		[MOVE_DESTROY] = { MOVE_GIVEN, MOVE_REMOVE, MOVE_GIVEN, 0 },
		[MOVE_DESTROY_FORCED] =
		    { MOVE_GIVEN, MOVE_REMOVE, MOVE_GIVEN, 0 },
	},
};

const struct move_step *
move_step(enum move_state state, enum move_event event)
{
	return &steps[state][event];
}

static const struct copy_step copies[COPY_STATES][COPY_EVENTS] = {
	[COPY_NONE] = {
		[COPY_STREAM] = { COPY_FILLING, COPY_FILL, COPY_FILLING, 0 },
		[COPY_STREAM_FORCED] =
		    { COPY_FILLING, COPY_FILL, COPY_FILLING, 0 },
		[COPY_BROKE] =
		    { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
		[COPY_END] = NO(COPY_NONE, no_copy),
		[COPY_UNPAUSE] = NO(COPY_NONE, no_copy),
		[COPY_GO] = NO(COPY_NONE, no_copy),
		[COPY_REFUSE] =
		    { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
	},
	[COPY_FILLING] = {
		[COPY_STREAM] = NO(COPY_FILLING, half),
		[COPY_STREAM_FORCED] = NO(COPY_FILLING, half),
		[COPY_BROKE] =
		    { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
		[COPY_END] = { COPY_FILLING, COPY_KEEP, COPY_PAUSED, 0 },
		[COPY_UNPAUSE] = NO(COPY_FILLING, half),
		[COPY_GO] = NO(COPY_FILLING, half),
		[COPY_REFUSE] =
		    { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
	},
	[COPY_PAUSED] = {
		[COPY_STREAM] = NO(COPY_PAUSED, here),
		[COPY_STREAM_FORCED] = NO(COPY_PAUSED, here),
		[COPY_BROKE] = { COPY_PAUSED, COPY_KEEP, COPY_PAUSED, 0 },
		[COPY_END] = NO(COPY_PAUSED, here),
		[COPY_UNPAUSE] =
		    { COPY_PAUSED, COPY_LET_RUN, COPY_RUNNING, 0 },
		[COPY_GO] = { COPY_PAUSED, COPY_LET_RUN, COPY_RUNNING, 0 },
		[COPY_REFUSE] = NO(COPY_PAUSED, here),
	},
	[COPY_RUNNING] = {
		[COPY_STREAM] = NO(COPY_RUNNING, here),
		[COPY_STREAM_FORCED] = NO(COPY_RUNNING, here),
		[COPY_BROKE] = { COPY_RUNNING, COPY_KEEP, COPY_RUNNING, 0 },
		[COPY_END] = NO(COPY_RUNNING, here),
		[COPY_UNPAUSE] = NO(COPY_RUNNING, here),
		[COPY_GO] = { COPY_RUNNING, COPY_KEEP, COPY_RUNNING, 0 },
		[COPY_REFUSE] = NO(COPY_RUNNING, here),
	},
	[COPY_GONE] = {
		[COPY_STREAM] = NO(COPY_GONE, gone),
		[COPY_STREAM_FORCED] =
		    { COPY_FILLING, COPY_FILL, COPY_FILLING, 0 },
		[COPY_BROKE] = { COPY_GONE, COPY_KEEP, COPY_GONE, 0 },
		[COPY_END] = NO(COPY_GONE, gone),
		[COPY_UNPAUSE] = NO(COPY_GONE, gone),
		[COPY_GO] = NO(COPY_GONE, gone),
		[COPY_REFUSE] = NO(COPY_GONE, gone),
	},
	[COPY_REFUSED] = {
		[COPY_STREAM] = NO(COPY_REFUSED, refused),
		[COPY_STREAM_FORCED] =
		    { COPY_FILLING, COPY_FILL, COPY_FILLING, 0 },
		[COPY_BROKE] = { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
		[COPY_END] = NO(COPY_REFUSED, refused),
		[COPY_UNPAUSE] = NO(COPY_REFUSED, refused),
		[COPY_GO] = NO(COPY_REFUSED, refused),
		[COPY_REFUSE] =
		    { COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
	},
};

const struct copy_step *
copy_step(enum copy_state state, enum copy_event event)
{
	return &copies[state][event];
}
