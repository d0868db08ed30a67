/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame.h - the framer of xc-emit: the saver's image out to the world.
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>

#include "config.h"
#include "fault.h"
#include "guest.h"
#include "newfile.h"
#include "note.h"
#include "pair.h"
#include "tally.h"

/* A checkpoint that went out. */
struct frame_checkpoint {
	struct save_checkpoint made;
	uint64_t pages, bytes;	/* since the one before */
};

struct frame {
	struct pair *pair;	/* the saver's other end */
	int    out;
	struct newfile *file;	/* that out is of, or NULL */
	const struct config *config;	/* put in as GUEST_CONFIG, or NULL */
	struct note *note;	/* of the move */
	struct tally tally;	/* of the saver's records */
	bool   starved;		/* the saver ended before its image did */
	/* Called for each checkpoint; not NULL where there are any. */
	void (*checkpoint)(void *listener, const struct frame_checkpoint *c);
	void  *listener;
	uint64_t pages, bytes;	/* up to the last checkpoint */
};

/*
 * frame_run(fr, f): the image from the pair's stream to out, with GUEST_CONFIG
 * before the first of Xen's records.  END is held back until the saver said
 * that it succeeded; then, unless this is a snapshot, the note is made to say
 * that END is sent, with what the image came to; END is written and out closed.
 *
 * In a file END counts from when the file has its name: the note is made when
 * all of it is on the disk, before it is published, and made to say SAVING
 * again when it cannot be published, and what was written is gone for sure.
 *
 * 0, or -1 with *f set; fr->starved when it is the saver that knows why.
 */
int frame_run(struct frame *fr, struct fault *f);

#endif
