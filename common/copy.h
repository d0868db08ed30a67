/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.h - the destination's side of a move, done by its table (move.h).
 *
 * The copy's state is its mark: the receipt as it would be printed, kept
 * with the domain.  That a move was refused, or that there was a whole copy
 * which may have run, outlives the domain: a file under RUN_DIRECTORY.
 */
#ifndef COPY_H
#define COPY_H

#include "config.h"
#include "fault.h"
#include "guest.h"
#include "lock.h"
#include "move.h"
#include "receipt.h"

/*
 * copy_find(g, move, state, r, f): the state of the move here.  With a copy,
 * it is g's domain, and *r its receipt as of now; else *r has the move alone.
 * 0, or -1 with EXIT_SYSTEM.
 */
int copy_find(struct guest *g, const uint8_t move[MOVE_SIZE],
    enum copy_state *state, struct receipt *r, struct fault *f);

/*
 * copy_of(g, c, state, r, f): the same of the copy of *c that a killed process
 * was making.  A domain with its uuid and without a mark is COPY_FILLING.
 */
int copy_of(struct guest *g, const struct config *c, enum copy_state *state,
    struct receipt *r, struct fault *f);

/*
 * copy_begin(g, move, f): notes with g's domain that it is being filled.
 * copy_end(g, state, r, snapshot, f): that it is the whole copy of the
 * receipt *r; *state is COPY_PAUSED then.  0, or -1 with EXIT_SYSTEM.
 */
int copy_begin(struct guest *g, const uint8_t move[MOVE_SIZE],
    struct fault *f);
int copy_end(struct guest *g, enum copy_state *state,
    const struct receipt *r, bool snapshot, struct fault *f);

/*
 * copy_allows(state, event, move, f): whether the table takes it.
 * 0, or -1 with EXIT_REFUSED and what to do instead.
 */
int copy_allows(enum copy_state state, enum copy_event event,
    const uint8_t move[MOVE_SIZE], struct fault *f);

/*
 * copy_take_step(g, state, event, move, snapshot, f): acts as the table says
 * on g's domain, a copy of this move, and lets it run or destroys it.  Of a
 * snapshot nothing is written down.  *state is where it stands afterwards.
 * -1 with EXIT_REFUSED when the table declines, or EXIT_SYSTEM.
 */
int copy_take_step(struct guest *g, enum copy_state *state,
    enum copy_event event, const uint8_t move[MOVE_SIZE], bool snapshot,
    struct fault *f);

/*
 * copy_tell(g, move, f): prints what is known of the move, a receipt, on
 * stdout.  copy_go(g, grant, f): lets the paused copy run and prints
 * its receipt; one that runs already keeps running.  copy_refuse(g, move, f):
 * makes sure that no copy will be, removes what is left of one, and prints
 * the receipt `failed`.
 * -1 with EXIT_REFUSED (no whole copy, another image; a whole copy; another
 * process is at work on the move) or EXIT_SYSTEM.
 */
int copy_tell(struct guest *g, const uint8_t move[MOVE_SIZE],
    struct fault *f);
int copy_go(struct guest *g, const struct grant *grant, struct fault *f);
int copy_refuse(struct guest *g, const uint8_t move[MOVE_SIZE],
    struct fault *f);

#endif
