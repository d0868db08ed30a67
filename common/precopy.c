/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format.h"
#include "precopy.h"

#define SECOND_US	1000000u
#define SECOND_MS	1000u

uint64_t
precopy_rate(uint64_t bytes, uint64_t us)
{
	if (us == 0)
		us = 1;
	if (bytes <= UINT64_MAX / SECOND_US)
		return bytes * SECOND_US / us;
	/* So many bytes took seconds: what is cut off here is nothing. */
	us = us / SECOND_US > 0 ? us / SECOND_US : 1;
	return bytes / us;
}

uint64_t
precopy_estimate(uint64_t dirty, uint64_t rate)
{
	uint64_t bytes;

	if (dirty == 0)
		return 0;
	if (rate == 0 || dirty > UINT64_MAX / PAGE_SIZE / SECOND_MS)
		return UINT64_MAX;
	bytes = dirty * PAGE_SIZE * SECOND_MS;
	return bytes / rate + (bytes % rate > 0);
}

enum precopy_step
precopy_next(const struct precopy_limits *limits, unsigned rounds,
    uint64_t dirty, uint64_t rate)
{
	if (limits->downtime == 0)
		return dirty < limits->stop_dirty ||
		    rounds >= limits->rounds ? PRECOPY_STOP : PRECOPY_ROUND;
	if (precopy_estimate(dirty, rate) <= limits->downtime)
		return PRECOPY_STOP;
	return rounds >= limits->rounds ? PRECOPY_GIVE_UP : PRECOPY_ROUND;
}
