/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * collect_work.h - what the collect*.c files share, and nobody else uses.
 */
#ifndef COLLECT_WORK_H
#define COLLECT_WORK_H

#include <poll.h>
#include <stdbool.h>

#include "collect.h"
#include "door.h"
#include "inlet.h"
#include "merge.h"

struct collecting {
	struct collect *c;
	struct door door;
	struct merge merge;
	struct inlet *lane;	/* as many as may come, and as many again that
				   did not say yet which they are */
	unsigned lanes;
	struct pollfd *poll;	/* the door, the outlet, the lanes */
	bool     known;		/* a lane came: */
	struct part_header header;
	uint64_t seen;		/* ms: when there was a lane */
};

/* collect_let_in(g): all who stand at the door. */
void collect_let_in(struct collecting *g);

/*
 * collect_read(g, l, f): what a lane brings, a record at the most.  One that is no
 * good ends, and is told.  0, or -1 when nothing goes on.
 */
int collect_read(struct collecting *g, struct inlet *l, struct fault *f);

#endif
