/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checkpointed streams made plain ones (flatten.h), by their newest checkpoint
 * or another.
 */
#include "flatten.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct flatten how = {
		.tool = "fuzz", .quiet = true, .in = fuzz_input(bytes, size),
		.wanted = fuzz_choice(bytes, size, 3),
	};
	const uint8_t *written;
	struct fault f;
	size_t has;

	if (flatten_run(&how, fuzz_output(), &f) == -1) {
		fuzz_failed(&f);
		fuzz_no_end();
		fuzz_close();
		return 0;
	}
	written = fuzz_written(&has);
	fuzz_holds(fuzz_whole_stream(written, has), "a plain stream comes out");
	return 0;
}
