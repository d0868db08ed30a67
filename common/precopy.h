/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * precopy.h - when a live save has sent enough, and stops the guest.
 *
 *     round 1: all pages, 2: what was changed meanwhile, 3: ... | stop | rest
 *
 * Numbers in, a decision out: nothing here knows of Xen or of a clock.
 */
#ifndef PRECOPY_H
#define PRECOPY_H

#include <stdint.h>

#define PRECOPY_ROUNDS_MAX	100
/* Both as in libxenguest (xg_sr_save.c, SPP_...), and so in xl. */
#define PRECOPY_ROUNDS		5
#define PRECOPY_STOP_DIRTY	50	/* pages */

struct precopy_limits {
	unsigned rounds;	/* while the guest runs, 1 to ..._ROUNDS_MAX */
	uint64_t stop_dirty;	/* stop when fewer pages are dirty */
	uint64_t downtime;	/* ms; 0: none, and stop_dirty decides */
};

enum precopy_step {
	PRECOPY_ROUND,		/* one more round */
	PRECOPY_STOP,		/* stop the guest and send the rest */
	PRECOPY_GIVE_UP		/* the rest would take longer than allowed */
};

/*
 * precopy_rate(bytes, us): bytes per second, when so many bytes took so many
 * microseconds.  Less than one microsecond counts as one.
 */
uint64_t precopy_rate(uint64_t bytes, uint64_t us);

/*
 * precopy_estimate(dirty, rate): the milliseconds, rounded up, that so many
 * pages take at rate bytes per second; UINT64_MAX for for ever.
 */
uint64_t precopy_estimate(uint64_t dirty, uint64_t rate);

/*
 * precopy_next(limits, rounds, dirty, rate): what to do after so many rounds,
 * with so many pages dirty, at rate bytes per second.
 */
enum precopy_step precopy_next(const struct precopy_limits *limits,
    unsigned rounds, uint64_t dirty, uint64_t rate);

#endif
