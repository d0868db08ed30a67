/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "remus_delta.h"

enum remus_result
remus_decode(uint8_t page[PAGE_SIZE], const uint8_t *in, size_t size,
    size_t *used)
{
	enum remus_result result = REMUS_WHOLE;
	size_t at = 0, next = 0, run;

	if (size == 0)
		return REMUS_MORE;
	*used = 1;
	if (in[0] == REMUS_SAME)
		return REMUS_CHANGED;
	if (in[0] == REMUS_FULL) {
		if (size < 1 + PAGE_SIZE)
			return REMUS_MORE;
		memcpy(page, in + 1, PAGE_SIZE);
		*used = 1 + PAGE_SIZE;
		return REMUS_WHOLE;
	}
	while (at < PAGE_SIZE) {
		if (next == size)
			return REMUS_MORE;
		run = (size_t)(in[next] & REMUS_RUN_MAX) * REMUS_WORD;
		if (run == 0 || run > PAGE_SIZE - at)
			return REMUS_WRONG;
		if (in[next++] & REMUS_SKIP) {
			result = REMUS_CHANGED;
		} else {
			if (run > size - next)
				return REMUS_MORE;
			memcpy(page + at, in + next, run);
			next += run;
		}
		at += run;
	}
	*used = next;
	return result;
}

static bool
same_word(const uint8_t *old, const uint8_t *page, size_t at)
{
	return memcmp(old + at, page + at, REMUS_WORD) == 0;
}

size_t
remus_encode(const uint8_t *old, const uint8_t *page, uint8_t *out)
{
	size_t at = 0, size = 0, words;
	bool same;

	if (old == NULL) {
		out[0] = REMUS_FULL;
		memcpy(out + 1, page, PAGE_SIZE);
		return 1 + PAGE_SIZE;
	}
	if (memcmp(old, page, PAGE_SIZE) == 0) {
		out[0] = REMUS_SAME;
		return 1;
	}
	while (at < PAGE_SIZE) {
		same = same_word(old, page, at);
		words = 1;
		while (words < REMUS_RUN_MAX &&
		    at + words * REMUS_WORD < PAGE_SIZE && same_word(old,
		    page, at + words * REMUS_WORD) == same)
			words++;
		out[size++] = (uint8_t)(words | (same ? REMUS_SKIP : 0));
		if (!same) {
			memcpy(out + size, page + at, words * REMUS_WORD);
			size += words * REMUS_WORD;
		}
		at += words * REMUS_WORD;
	}
	return size;
}
