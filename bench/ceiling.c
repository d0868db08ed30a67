/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ceiling MIB - what a cipher alone takes of a processor: seals, and opens,
 * MIB chunks of 1 MiB in memory, without reading or writing anything.
 *
 * Prints for each cipher its name and the CPU seconds of both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "opts.h"
#include "suite.h"

#define CHUNK	((size_t)1 << 20)

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of one way; opening, each chunk is sealed before, for nothing. */
static double
measure(unsigned id, bool seals, long count, uint8_t *chunk)
{
	static const uint8_t key[SUITE_KEY_SIZE], nonce[SUITE_NONCE_SIZE],
	    ad[24];
	struct suite_key *k = suite_key_new(id, true, key);
	struct suite_key *back = suite_key_new(id, false, key);
	double took = 0, start;

	while (count-- > 0) {
		start = now();
		if (suite_seal(k, chunk, CHUNK, ad, sizeof(ad), nonce) == -1)
			exit(1);
		if (seals)
			took += now() - start;
		start = now();
		if (suite_open(back, chunk, CHUNK, ad, sizeof(ad), nonce) ==
		    -1)
			exit(1);
		if (!seals)
			took += now() - start;
	}
	suite_key_free(k);
	suite_key_free(back);
	return took;
}

int
main(int argc, char *argv[])
{
	uint8_t *chunk = calloc(1, CHUNK + SUITE_TAG_SIZE);
	unsigned id;
	long count;

	if (argc != 2 || opts_number(argv[1], 1, 1 << 20, &count) == -1 ||
	    chunk == NULL || sodium_init() == -1)
		return 1;
	for (id = SUITE_CHACHA20; id <= SUITE_AES256; id++)
		printf("%s %.3f %.3f\n", suite_name(id),
		    measure(id, true, count, chunk),
		    measure(id, false, count, chunk));
	free(chunk);
	return 0;
}
