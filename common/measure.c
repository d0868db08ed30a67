/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <math.h>
#include <string.h>

#include "crc.h"
#include "format.h"
#include "measure.h"

#define LANES	4u	/* counters that do not wait for each other */

bool
measure_zero(const uint8_t *page)
{
	return page[0] == 0 && memcmp(page, page + 1, PAGE_SIZE - 1) == 0;
}

uint64_t
measure_hash(const uint8_t *page)
{
	uint64_t halves = crc_add(CRC_START, page, PAGE_SIZE / 2) |
	    (uint64_t)crc_add(CRC_START, page + PAGE_SIZE / 2,
	    PAGE_SIZE / 2) << 32;

	/* So that each of its bits depends on both. */
	halves *= UINT64_C(0x9e3779b97f4a7c15);
	return halves ^ halves >> 32;
}

unsigned
measure_entropy(const uint8_t *page)
{
	uint16_t lane[LANES][256] = { { 0 } };
	double bits = 0, share;
	unsigned i, n;

	for (i = 0; i < PAGE_SIZE; i += LANES)
		for (n = 0; n < LANES; n++)
			lane[n][page[i + n]]++;
	for (i = 0; i < 256; i++) {
		n = (unsigned)lane[0][i] + lane[1][i] + lane[2][i] +
		    lane[3][i];
		if (n == 0)
			continue;
		share = (double)n / PAGE_SIZE;
		bits -= share * log2(share);
	}
	return bits >= 7.5 ? 15 : (unsigned)(bits * 2);
}
