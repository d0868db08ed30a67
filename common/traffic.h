/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traffic.h - what has gone through this process so far, for whoever watches
 * it: a signal handler, or the parent of the process that does the work.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <stdint.h>

#include "fault.h"
#include "record.h"

/* Counted by any thread, read by any, and by a signal handler. */
struct traffic {
	_Atomic uint64_t in, out;	/* bytes, by sources and sinks (io.h) */
	_Atomic uint64_t records;	/* of the image, that came in */
	_Atomic uint64_t pages;		/* in PAGE_DATA, that came in */
	_Atomic uint64_t rounds;	/* of a live save: times that pfns
					   began from below */
	_Atomic uint64_t pfn;		/* the first of the last PAGE_DATA */
	_Atomic uint64_t guest_pages;	/* that the guest has; 0: not known */
};

/* traffic_now(): what was counted.  Never NULL. */
struct traffic *traffic_now(void);

/*
 * traffic_share(f): from now on processes that this one forks count to the
 * same numbers.  0, or -1 with EXIT_SYSTEM.
 * traffic_part(): this process, forked then, counts for itself.
 */
int traffic_share(struct fault *f);
void traffic_part(void);

/*
 * traffic_piece(rec): counts the piece that was read.  A whole GUEST_CONFIG
 * says how many pages there are, and so does X86_PV_P2M_FRAMES.
 */
void traffic_piece(const struct record *rec);

#endif
