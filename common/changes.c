/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "changes.h"
#include "format.h"

#define WORD	8u	/* bytes */

static uint64_t
load(const uint8_t *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

unsigned
changes_count(const uint8_t *page, const uint8_t *before)
{
	unsigned i, count = 0;

	for (i = 0; i < PAGE_SIZE; i += WORD)
		count += load(page + i) != load(before + i);
	return count;
}

size_t
changes_put(const uint8_t *page, const uint8_t *before, uint8_t *map,
    uint8_t *words)
{
	uint8_t *to = words;
	size_t i;

	memset(map, 0, CHANGES_MAP_SIZE);
	for (i = 0; i < CHANGES_WORDS; i++)
		if (load(page + i * WORD) != load(before + i * WORD)) {
			map[i / 8] |= (uint8_t)(1u << i % 8);
			memcpy(to, page + i * WORD, WORD);
			to += WORD;
		}
	return (size_t)(to - words);
}

size_t
changes_size(const uint8_t *map)
{
	unsigned i, count = 0;

	for (i = 0; i < CHANGES_MAP_SIZE; i += 8)
		count += (unsigned)__builtin_popcountll(load(map + i));
	return WORD * (size_t)count;
}

void
changes_take(uint8_t *page, const uint8_t *before, const uint8_t *map,
    const uint8_t *words)
{
	size_t i;

	memcpy(page, before, PAGE_SIZE);
	for (i = 0; i < CHANGES_WORDS; i++)
		if (map[i / 8] & 1u << i % 8) {
			memcpy(page + i * WORD, words, WORD);
			words += WORD;
		}
}
