/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * errand.h - what xc-emit does without a stream.
 */
#ifndef ERRAND_H
#define ERRAND_H

#include "emit.h"
#include "fault.h"

enum errand {
	EMIT, IMAGE,		/* none: a stream of a domain, or of a file */
	CHECK,			/* whether the domain could be saved, and
				   goes where e->offer is from */
	RESUME, DESTROY,	/* what becomes of one that was saved; e->force:
				   whatever is known of it */
	SETTLE,			/* the same, by the receipt on stdin */
	STATE			/* print what is noted of the domain */
};

/*
 * errand_run(e, errand, f): does it.  Of *e it uses tool, domain, force, way,
 * how.live, offer, reason and verbose.  0, or -1 as guest_open,
 * saver_examine, receipt_read, note_tell and settle.h say; EXIT_REFUSED also
 * for a receipt by which the guest runs here again.
 */
int errand_run(const struct emit *e, enum errand errand, struct fault *f);

#endif
