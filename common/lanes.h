/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lanes.h - one stream over many connections, to one collector (collect.h).
 *
 *                           / lane: sh -c COMMAND ==>
 *     stdin ==> filler ==> engine, spool
 *                           \ lane: sh -c COMMAND ==>
 *                                          <-- replies
 *
 * The filler, a process of its own, makes chunks of the stream.  The engine
 * keeps each until the collector has written it, and hands it to the lane that
 * will have it over there first.
 */
#ifndef LANES_H
#define LANES_H

#include <stdint.h>

#include "fault.h"
#include "lane.h"

#define LANES_MAX	256u
#define LANES_CHUNK	(UINT32_C(256) << 10)	/* bytes of payload */

struct lanes {
	int      in;		/* descriptor */
	unsigned threads;	/* 1 to THREADS_MAX, of the filler */
	const char *command[LANES_MAX];
	unsigned count;		/* 1 to LANES_MAX */
	uint64_t spool;		/* bytes that are kept */
	unsigned reconnect;	/* s for which no lane may be heard of, while
				   they are started again; 0: they are not */
	void   (*news)(const struct fault *f);	/* told of lanes that end
						   before their time */

	struct lane *lane;	/* of each command; set by lanes_run */
	uint64_t chunks, bytes;	/* of the stream: bytes of payload */
	uint64_t again;		/* chunks that went out more than once */
	uint8_t  set[PART_SET_SIZE];
};

/*
 * lanes_run(l, f): the stream on l->in, of any kind, over the lanes.  The caller
 * has lanes_stop called when a signal ends it (stop.h).  Before threads.
 * Memory: l->spool or SPOOL_MEMORY, whichever is less, a chunk for each lane,
 * and the filler's.
 * 0 when the collector has written all of it and closed it; or -1: as
 * container_fill; EXIT_SYSTEM when all lanes are dead, when none was heard of
 * for l->reconnect, or when the collector failed; EXIT_REFUSED when that
 * collects another stream.  Then no END was sent but to say so.
 */
int lanes_run(struct lanes *l, struct fault *f);

/*
 * lanes_stop(l): no command is to go on; a signal handler may call it.
 * lanes_free(l): what lanes_run leaves, when a signal does not call that any more.
 */
void lanes_stop(const void *l);
void lanes_free(struct lanes *l);

#endif
