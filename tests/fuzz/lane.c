/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The collector's end of a lane (intake.h, inlet.h, merge.h): header and chunks
 * in any order.  And replies, which the other end reads (reply.h).
 */
#include <fcntl.h>
#include <string.h>

#include "fuzz.h"
#include "inlet.h"

#define WINDOW	8u	/* chunks */

static void
read_reply(const uint8_t *bytes, size_t size)
{
	static const uint8_t set[PART_SET_SIZE];
	uint8_t again[REPLY_SIZE];
	struct reply r;
	struct fault f;
	size_t n = size < REPLY_SIZE ? size : REPLY_SIZE;

	if (reply_get(bytes, n, set, &r, &f) == -1) {
		fuzz_failed(&f);
	} else if (n == REPLY_SIZE) {
		reply_put(&r, set, again);
		fuzz_holds(memcmp(again, bytes, n) == 0,
		    "a reply is as it would be written");
	}
}

static int
take(struct inlet *l, struct merge *m, struct fault *f)
{
	if (!l->known)
		return inlet_header(l, f);
	if (inlet_chunk(l, m, f) == -1)
		return -1;
	while (merge_ready(m))
		if (merge_write(m, f) == -1)
			return -1;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct merge m = { .window = 0 };
	struct inlet l;
	struct fault f;
	int result;

	read_reply(bytes, size);
	inlet_open(&l, fcntl(fuzz_input(bytes, size), F_DUPFD_CLOEXEC, 0));
	outlet_open(&m.out, fuzz_output());
	fuzz_holds(merge_open(&m, WINDOW, &f) == 0, "there is memory");
	do {
		result = intake_next(&l.in, &f);
		if (result == INTAKE_RECORD && take(&l, &m, &f) == -1)
			result = -1;
	} while (result == INTAKE_RECORD || result == INTAKE_WAIT);
	if (result == -1)
		fuzz_failed(&f);
	merge_close(&m);
	inlet_close(&l);
	fuzz_close();
	return 0;
}
