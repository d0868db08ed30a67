/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams with each page once (squash.h).  What comes out has nothing to be
 * left out any more.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "squash.h"
#include "stream.h"

static int
take(void *taker, struct record *rec, struct fault *f)
{
	return stream_write(taker, rec, f);
}

static int
squash(struct squash *s, const uint8_t *bytes, size_t size, struct fault *f)
{
	struct sink *out = s->taker;
	int result;

	sink_open(out, fuzz_output());
	s->in = fuzz_input(bytes, size);
	s->spill_max = 1 << 20;
	s->take = take;
	result = squash_run(s, f);
	fuzz_holds(sink_close(out, f) == 0, "the output closes");
	return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct sink out;
	struct squash once = {
		.regroup = fuzz_choice(bytes, size, 2) == 1, .taker = &out,
	};
	struct squash twice = { .taker = &out };
	const uint8_t *written;
	struct fault f;
	uint8_t *copy;
	size_t has;

	if (squash(&once, bytes, size, &f) == -1) {
		fuzz_failed(&f);
		fuzz_no_end();
		return 0;
	}
	written = fuzz_written(&has);
	copy = malloc(has + 1);
	fuzz_holds(copy != NULL, "there is memory");
	memcpy(copy, written, has);
	fuzz_holds(squash(&twice, copy, has, &f) == 0,
	    "what comes out is a stream");
	fuzz_holds(twice.left_entries == 0 && twice.entries == once.entries,
	    "with each page once");
	fuzz_same(copy, has, "which stays as it is");
	free(copy);
	return 0;
}
