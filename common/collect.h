/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * collect.h - a stream again, from the lanes that it comes over (lanes.h).
 *
 *     feed ==> socket \
 *     feed ==> socket ==> merge ==> out
 *          <-- replies
 */
#ifndef COLLECT_H
#define COLLECT_H

#include <stdint.h>

#include "fault.h"
#include "format.h"

#define COLLECT_LANES_MAX	256u

struct collect {
	const char *path;	/* of the socket */
	int      out;		/* descriptor */
	unsigned lanes;		/* at a time, 1 to COLLECT_LANES_MAX */
	unsigned timeout;	/* s that there may be none */
	uint64_t window;	/* bytes that may be here */
	void   (*news)(const struct fault *f);	/* told of lanes that end
						   before their time */

	/* What came out, also where it failed. */
	uint64_t chunks, payload, again, checkpoints;
	uint8_t  set[PART_SET_SIZE];
};

/*
 * collect_run(c, f): makes the socket, and writes to c->out, which it closes, the
 * payload of the first set that comes; each chunk as soon as those before it
 * are written.  Memory: c->window, at least two chunks, and a chunk for each
 * lane.  A stop (stop.h) removes the socket.
 * 0 when all of it was written, and the lanes know; or -1: as door_open;
 * EXIT_MALFORMED when no lane is left and none came for c->timeout, or when the
 * other side gave up; EXIT_SYSTEM.
 */
int collect_run(struct collect *c, struct fault *f);

#endif
