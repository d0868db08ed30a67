/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * emit.h - the two processes of xc-emit.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stdbool.h>

#include "config.h"
#include "guest.h"
#include "lock.h"
#include "newfile.h"
#include "note.h"
#include "pair.h"

struct emit {
	const char *tool, *domain;
	bool snapshot;		/* the guest runs on here */
	bool pause;		/* of a snapshot: but is paused */
	enum save_way way;
	bool no_config;		/* leave GUEST_CONFIG out */
	bool force;		/* though a copy may run */
	bool try_live;		/* how.live is to be set where it can be */
	bool quiet, verbose;
	bool stats;		/* a line of JSON for each checkpoint */
	/* out and peer are the pair's, pace.tell is the saver's.  With a pace
	 * it is a live snapshot. */
	struct save_how how;
	unsigned silence;	/* seconds without a byte; 0: any */
	const struct offer *offer;	/* of the destination, or NULL */
	struct newfile *file;	/* to write to; NULL: stdout */
	/* Called for each reason but the last why it cannot go there. */
	void (*reason)(const struct fault *f);
};

/* What the saver tells the framer before the image. */
struct news {
	struct config config;
	struct note   note;
	bool     live;		/* it is saved so */
};

/*
 * saver_examine(g, e, l, news, f): finds the guest, locks it and describes
 * it, without touching it.  news->note is that of an older move.  0, or -1
 * with *f set: EXIT_REFUSED when it may not be saved, or its destination's
 * offer does not take it.
 */
int saver_examine(struct guest *g, const struct emit *e, struct lock *l,
    struct news *news, struct fault *f);

/*
 * saver_run(p, e): the child, the only one with handles to Xen: writes the
 * guest's image into the pair's stream.  framer_run(p, e): the parent: passes
 * it on to stdout or e->file, which it publishes, with GUEST_CONFIG, and END
 * last of all; cleans up after a saver that was killed.  Both print what there
 * is to tell, and return the exit status.
 */
int saver_run(struct pair *p, const struct emit *e);
int framer_run(struct pair *p, const struct emit *e);

#endif
