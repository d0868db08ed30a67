/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * move.h - a move of a guest: its states at both ends, and what may happen.
 *
 * The source keeps its state in a note (note.h), the destination in a mark
 * on the copy (guest.h), so that it outlives every process.  Both act by the
 * two tables behind this header and by nothing else; xenrec.7 prints them.
 * A step is taken in this order: `first` is written down, then the act is
 * done, then `last` is written down.  Whoever dies in between leaves a state
 * from which the same event goes on.
 */
#ifndef MOVE_H
#define MOVE_H

/* The source's states. */
enum move_state {
	MOVE_NONE,		/* no note: no move */
	MOVE_SAVING,		/* END was not begun: no copy can be whole */
	MOVE_SENT,		/* END was begun: a copy may run */
	MOVE_GIVEN,		/* by receipt the destination has the guest */
	MOVE_STATES
};

enum move_event {
	MOVE_EMIT,		/* xc-emit DOMAIN */
	MOVE_EMIT_FORCED,	/* with -f: no copy runs, says the caller */
	MOVE_BROKE,		/* xc-emit failed, or was killed */
	MOVE_COPIED,		/* the image of a snapshot is taken */
	MOVE_END,		/* all but END was written */
	MOVE_RUNNING,		/* a receipt: a copy runs */
	MOVE_PAUSED,		/* a receipt: a whole copy is paused */
	MOVE_FAILED,		/* a receipt: no copy is, and none will come */
	MOVE_RESUME,		/* xc-emit --resume DOMAIN */
	MOVE_RESUME_FORCED,
	MOVE_DESTROY,		/* xc-emit --destroy DOMAIN */
	MOVE_DESTROY_FORCED,
	MOVE_EVENTS
};

enum move_act {
	MOVE_DECLINE,		/* nothing changes; status 5 */
	MOVE_SAVE,		/* save the guest, suspending it */
	MOVE_SEND,		/* write END */
	MOVE_STAY,		/* leave it suspended, print the ways out */
	MOVE_TAKE_BACK,		/* let the guest run again */
	MOVE_REMOVE,		/* destroy the suspended guest, if there */
	MOVE_GRANT		/* the same, and print a grant */
};

struct move_step {
	enum move_state first;
	enum move_act act;
	enum move_state last;
	const char *why;	/* MOVE_DECLINE: the reason, for a person */
};

/* move_step(state, event): what to do.  Never NULL. */
const struct move_step *move_step(enum move_state state,
    enum move_event event);

/* The destination's states. */
enum copy_state {
	COPY_NONE,		/* no domain has the move's mark */
	COPY_FILLING,		/* it is not whole */
	COPY_PAUSED,		/* it is whole, and did not run yet */
	COPY_RUNNING,		/* it is whole, and not paused */
	COPY_GONE,		/* a whole one was here, and may have run */
	COPY_REFUSED,		/* none is, and none may come */
	COPY_STATES
};

enum copy_event {
	COPY_STREAM,		/* a stream of this move begins */
	COPY_STREAM_FORCED,	/* with -f: no other copy will be */
	COPY_BROKE,		/* xc-absorb failed, or was killed */
	COPY_END,		/* the stream ended well, the domain is whole */
	COPY_UNPAUSE,		/* it is to run: no -p, no snapshot */
	COPY_GO,		/* xc-absorb --go, with the move's grant */
	COPY_REFUSE,		/* xc-absorb --refuse: give the move up */
	COPY_EVENTS
};

enum copy_act {
	COPY_DECLINE,		/* nothing changes; status 5 */
	COPY_FILL,		/* make the domain and fill it */
	COPY_KEEP,		/* the domain stays as it is */
	COPY_LET_RUN,		/* unpause it */
	COPY_DISCARD		/* destroy it, if there */
};

struct copy_step {
	enum copy_state first;
	enum copy_act act;
	enum copy_state last;
	const char *why;
};

/* copy_step(state, event): what to do.  Never NULL. */
const struct copy_step *copy_step(enum copy_state state,
    enum copy_event event);

#endif
