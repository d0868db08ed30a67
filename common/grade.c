/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "format.h"
#include "grade.h"

/*
 * The sample is four runs of 64 bytes.  Of 256 random bytes 162 are different
 * ones; of text 50.  zstd codes bytes by how often they are in 128 KiB: pages
 * of one kind next to each other take 1 to 2 % less.
 */
#define RUNS		4u
#define RUN_SIZE	64u
#define RUN_STEP	(PAGE_SIZE / RUNS)
#define RUN_OFFSET	256u

static unsigned
count_bytes(const uint8_t *page)
{
	uint8_t seen[256] = { 0 };
	unsigned i, n, count = 0;

	for (i = 0; i < RUNS; i++)
		for (n = 0; n < RUN_SIZE; n++)
			seen[page[i * RUN_STEP + RUN_OFFSET + n]] = 1;
	for (i = 0; i < 256; i++)
		count += seen[i];
	return count;
}

enum page_class
grade(const uint8_t *page, unsigned limit)
{
	static const unsigned edge[PACKED_GROUPS - 1] = { 24, 48, 80 };
	unsigned count = count_bytes(page), group = 0;

	if (count >= limit)
		return CLASS_STORED;
	while (group < PACKED_GROUPS - 1 && count >= edge[group])
		group++;
	return (enum page_class)(CLASS_PACKED + group);
}

unsigned
grade_limit(int level)
{
	return level > 2 ? 160 : level > 0 ? 144 : 128;
}
