/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standby.h - a copy that follows its guest by checkpoints, and what becomes of
 * it when no more come.  For the restorer of xc-absorb.
 *
 * libxenguest takes a checkpoint when all of it has come, and drops what comes
 * behind the last whole one: the copy never has half of one.
 */
#ifndef STANDBY_H
#define STANDBY_H

#include <stdbool.h>
#include <stdint.h>

#include "absorb.h"
#include "fault.h"
#include "guest.h"
#include "pair.h"

struct standby {
	struct pair *pair;
	uint64_t checkpoints;	/* that are the copy's */
	struct summary last;	/* of the stream up to the last of them */
};

/* How the stream ended. */
enum standby_end {
	STANDBY_BROKEN,		/* the copy is all that is known of the guest */
	STANDBY_STAYS,		/* its guest stays where it is */
	STANDBY_STOPPED		/* this process is to end */
};

/*
 * standby_checkpoint(s): for guest_restore: the next checkpoint has come, and
 * is taken now: prints a line of JSON (xenrec.5) on stdout.  False when the
 * opener did not announce it.
 */
bool standby_checkpoint(void *s);

/*
 * standby_end(s, why): the stream is over: what the opener says of it.  For
 * STANDBY_BROKEN *why is set, without a text when nobody knows.
 */
enum standby_end standby_end(struct standby *s, struct fault *why);

/* standby_broke(s): whether the opener has said that the stream broke. */
bool standby_broke(struct standby *s);

/*
 * standby_fence(command, g, c, f): runs the command, which has to make sure
 * that the guest's source does not run, as sh -c, with XENREC_NAME,
 * XENREC_UUID and XENREC_DOMID in its environment; what it prints goes to
 * stderr.  0 when it exits 0, or -1 with EXIT_SYSTEM.
 */
int standby_fence(const char *command, const struct guest *g,
    const struct config *c, struct fault *f);

#endif
