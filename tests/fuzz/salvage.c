/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is sound of a damaged stream with check data (salvage.h): where
 * something is salvaged it is a whole stream, and sound when all of it was.
 */
#include <string.h>

#include "fuzz.h"
#include "salvage.h"

static void
take_loss(void *listener, const struct loss *loss)
{
	uint64_t *last = listener;

	fuzz_holds(loss->why != NULL, "a loss says why");
	fuzz_holds(loss->pfns == 0 || loss->pfn != NULL, "pfns are there");
	*last = loss->offset;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	uint64_t last = 0;
	struct salvage s = {
		.in = fuzz_input(bytes, size), .out = fuzz_output(),
		.tell = take_loss, .listener = &last,
	};
	const uint8_t *written;
	struct fault f;
	size_t has;

	fuzz_watch();
	if (salvage_run(&s, &f) == -1) {
		fuzz_failed(&f);
		fuzz_no_end();
	} else {
		written = fuzz_written(&has);
		fuzz_holds(s.damaged || s.whole_end,
		    "a stream without its end is damaged");
		/* Start and end are as check data says, whoever made it. */
		fuzz_holds(s.whole_start || s.whole_end ||
		    fuzz_whole_stream(written, has),
		    "what is salvaged is a whole stream");
	}
	fuzz_sweep();
	return 0;
}
