/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settle.h - the source's side of a move, done by its table (move.h).
 */
#ifndef SETTLE_H
#define SETTLE_H

#include <stdbool.h>

#include "fault.h"
#include "guest.h"
#include "lock.h"
#include "move.h"
#include "note.h"
#include "receipt.h"

/*
 * settle_find(g, domain, l, n, f): the domain of that name or number with its
 * lock, and the note of its move; n->state is MOVE_NONE when there is no
 * note, or one from before the domain ran on, which is removed.
 * -1 with EXIT_REFUSED (locked, domain 0) or EXIT_SYSTEM.
 */
int settle_find(struct guest *g, const char *domain, struct lock *l,
    struct note *n, struct fault *f);

/*
 * settle_allows(g, n, event, f): whether the table takes the event in the
 * note's state.  0, or -1 with EXIT_REFUSED and what to do instead.
 */
int settle_allows(struct guest *g, const struct note *n,
    enum move_event event, struct fault *f);

/*
 * settle_step(g, n, event, pause, f): does what the table says of this event
 * in the note's state: writes down, lets the guest run again (paused, with
 * pause) or destroys it, writes down.  SAVE, SEND, STAY and the grant are the
 * caller's.  -1 with EXIT_REFUSED when the table declines, EXIT_SYSTEM when
 * the act fails; then the note says how far it came.
 */
int settle_step(struct guest *g, struct note *n, enum move_event event,
    bool pause, struct fault *f);

/*
 * settle_broke(tool, g, n, quiet): after a failure before END: the guest runs
 * again, and that is said unless quiet; or why it does not.
 */
void settle_broke(const char *tool, struct guest *g, struct note *n,
    bool quiet);

/*
 * settle_tell_sent(tool, n, done): says that the guest stays suspended, since
 * all of its image was sent (done) or may have been, and the ways out.
 */
void settle_tell_sent(const char *tool, const struct note *n, bool done);

/*
 * settle_receipt(g, r, l, n, event, f): whether the receipt settles a move of
 * this host: its note, locked, and what it says.  -1 with EXIT_REFUSED when
 * there is no such move, the receipt is of another image, it says nothing
 * final, or the domain ran since it was sent; or EXIT_SYSTEM.
 */
int settle_receipt(struct guest *g, const struct receipt *r, struct lock *l,
    struct note *n, enum move_event *event, struct fault *f);

#endif
