/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "convert.h"
#include "fuzz.h"

int
fuzz_read_form(const char *name, const uint8_t *bytes, size_t size)
{
	struct convert c = {
		.tool = "fuzz", .quiet = true, .max_pfn = 1 << 20,
		.in = fuzz_input(bytes, size),
		.absent_zeroes = fuzz_choice(bytes, size, 2) == 1,
		.lowmem = fuzz_choice(bytes, size, 3) == 0 ? 1 << 20 : 0,
	};
	const struct form *form = form_find(name);
	const uint8_t *written;
	struct fault f;
	size_t has;

	if (form->knows != NULL)
		form->knows(bytes, size);
	if (form->read(&c, fuzz_output(), &f) == -1) {
		fuzz_failed(&f);
		fuzz_no_end();
		fuzz_close();
		return 0;
	}
	written = fuzz_written(&has);
	fuzz_holds(form->checkpointed || fuzz_whole_stream(written, has),
	    "what comes out is a whole stream");
	return 0;
}
