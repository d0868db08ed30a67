/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * same-random.c - linked to a tool, it makes the same random numbers in each
 * run, so that equal input gives equal output.  For tests alone: who sees two
 * outputs of such a tool can open both.
 */
#include <string.h>

#include <sodium.h>

static const char *
name(void)
{
	return "same";
}

static void
fill(void *to, size_t size)
{
	static uint8_t seed[randombytes_SEEDBYTES];

	crypto_stream_chacha20(to, size, (const uint8_t[8]){ 0 }, seed);
	sodium_increment(seed, sizeof(seed));
}

static uint32_t
draw(void)
{
	uint32_t n;

	fill(&n, sizeof(n));
	return n;
}

static __attribute__((constructor)) void
make_same(void)
{
	static struct randombytes_implementation same = {
		.implementation_name = name, .random = draw, .buf = fill,
	};

	randombytes_set_implementation(&same);
}
