/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "remus_delta.h"
#include "tap.h"

#define WORDS	(PAGE_SIZE / REMUS_WORD)

static uint8_t old[PAGE_SIZE], new[PAGE_SIZE], page[PAGE_SIZE];
static uint8_t out[REMUS_ENCODED_MAX];

/* Makes `new` the old page with n words from `from` on changed, each step
 * words. */
static void
change(size_t from, size_t n, size_t step)
{
	memcpy(new, old, sizeof(new));
	for (; n-- > 0; from += step)
		new[from * REMUS_WORD] ^= 1;
}

/* Whether decoding the encoded page gives it again, and any part of it asks
 * for more. */
static bool
goes_round(size_t *size)
{
	size_t n, used;

	*size = remus_encode(old, new, out);
	for (n = 0; n < *size; n++)
		if (remus_decode(page, out, n, &used) != REMUS_MORE)
			return false;
	memcpy(page, old, sizeof(page));
	return remus_decode(page, out, *size, &used) != REMUS_WRONG &&
	    used == *size && memcmp(page, new, sizeof(page)) == 0;
}

static void
test_sizes(void)
{
	static const struct {
		size_t from, n, step, size;
		const char *what;
	} pages[] = {
		{ 0, 0, 1, 1, "the same" },
		{ 0, 1, 1, 14, "the first word" },
		{ WORDS - 1, 1, 1, 14, "the last word" },
		{ 0, WORDS, 1, REMUS_ENCODED_MAX, "all words: the most" },
		{ 0, 127, 1, 1 + 508 + 8, "a run of 127" },
		{ 0, 128, 1, 2 + 512 + 8, "a run of 128" },
		{ 0, WORDS / 2, 2, 512 * 6, "every other word" },
	};
	size_t i, size;
	bool good;

	for (i = 0; i < sizeof(old); i++)
		old[i] = (uint8_t)(i * 7 + i / 256);
	for (i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		change(pages[i].from, pages[i].n, pages[i].step);
		good = goes_round(&size);
		ok(good && size == pages[i].size, "%s: %zu bytes",
		    pages[i].what, size);
	}
	ok(remus_encode(NULL, new, out) == 1 + PAGE_SIZE &&
	    out[0] == 0x80 && memcmp(out + 1, new, PAGE_SIZE) == 0,
	    "without an old one it is whole");
}

static void
test_bytes(void)
{
	size_t used;

	change(3, 1, 1);
	ok(remus_encode(old, new, out) == 15 && out[0] == 0x83 && out[1] == 1
	    && memcmp(out + 2, new + 12, 4) == 0 &&
	    memcmp(out + 6, "\xff\xff\xff\xff\xff\xff\xff\xff\x84", 9) == 0,
	    "skip 3, take 1, skip 1020");
	memcpy(page, old, sizeof(page));
	ok(remus_decode(page, out, sizeof(out), &used) == REMUS_CHANGED &&
	    used == 15, "what is behind is not its");
	memset(out, 0, sizeof(out));
	ok(remus_decode(page, out, 1, &used) == REMUS_CHANGED && used == 1,
	    "0 alone: the same");
	out[0] = 0x80;
	ok(remus_decode(page, out, PAGE_SIZE, &used) == REMUS_MORE &&
	    remus_decode(page, out, PAGE_SIZE + 1, &used) == REMUS_WHOLE &&
	    used == PAGE_SIZE + 1, "0x80: a whole page");
	memcpy(page, old, sizeof(page));
	change(0, WORDS, 1);
	remus_encode(old, new, out);
	ok(remus_decode(page, out, sizeof(out), &used) == REMUS_WHOLE,
	    "markers that leave nothing of the old one");
}

static void
test_wrong(void)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *what;
	} wrong[] = {
		{ "\x81\x00", 2, "a run of no words" },
		{ "\x81\x80", 2, "a skip of no words" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\x89", 9,
		    "a skip beyond the end" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\x09", 9,
		    "a run beyond the end" },
	};
	size_t i, used;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		ok(remus_decode(page, (const uint8_t *)wrong[i].bytes,
		    wrong[i].size, &used) == REMUS_WRONG, "%s",
		    wrong[i].what);
}

int
main(void)
{
	test_sizes();
	test_bytes();
	test_wrong();
	return tap_end();
}
