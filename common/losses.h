/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses.h - for rec-compress --salvage: what is lost of a packed stream, for
 * people.
 */
#ifndef LOSSES_H
#define LOSSES_H

#include <stdbool.h>

#include "expand.h"
#include "fault.h"
#include "record.h"

/* Starts zeroed but for the name; one thread at a time. */
struct losses {
	const char *tool;	/* the name in front of each line */
	bool lost, sound;	/* some of the records so far are */
};

/*
 * losses_tell(l, rec, lost, f): prints on stderr what is lost of *rec, the
 * next piece in stream order; lost is expand_lost's.  0, or -1 with
 * EXIT_REFUSED for END behind records of which none was sound: then it is
 * another kind of stream.
 */
int losses_tell(struct losses *l, const struct record *rec,
    const struct expand_lost *lost, struct fault *f);

#endif
