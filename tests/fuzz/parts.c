/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parts of a set, one behind the other, joined (join.h) strictly, or to salvage
 * what there is.
 */
#include <unistd.h>

#include "fuzz.h"
#include "join.h"

static void
hear(const struct fault *f)
{
	fuzz_failed(f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct join j = {
		.out = fuzz_output(), .threads = 1,
		.lost = fuzz_choice(bytes, size, 3) == 0 ? hear : NULL,
	};
	const uint8_t *written;
	struct fault f;
	size_t has;

	fuzz_watch();
	if (dup2(fuzz_input(bytes, size), STDIN_FILENO) == -1)
		fuzz_holds(false, "stdin is there");
	if (join_run(&j, &f) == -1) {
		fuzz_failed(&f);
	} else {
		written = fuzz_written(&has);
		fuzz_holds(written != NULL && has == j.payload,
		    "as many bytes come out as it says");
		fuzz_holds(j.lost != NULL || !j.damaged, "damage ends it");
	}
	fuzz_sweep();
	return 0;
}
