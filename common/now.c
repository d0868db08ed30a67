/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <time.h>

#include "now.h"

uint64_t
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t
now_ms(void)
{
	return now_us() / 1000;
}
