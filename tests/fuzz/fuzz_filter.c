/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fuzz.h"

void
fuzz_no_end(void)
{
	const uint8_t *written;
	size_t size;

	written = fuzz_written(&size);
	fuzz_holds(!fuzz_whole_stream(written, size),
	    "no END comes out of what is not whole");
}

int
fuzz_filter(const struct codec *codec, const uint8_t *bytes, size_t size,
    struct fault *f)
{
	struct filter filter = {
		.in = fuzz_input(bytes, size), .out = fuzz_output(),
		.threads = 1, .codec = codec,
	};
	int result = filter_run(&filter, f);

	if (result == -1) {
		fuzz_failed(f);
		fuzz_no_end();
	}
	return result;
}
