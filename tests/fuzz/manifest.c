/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What rec-encrypt -l shows of a container without any key (manifest.h). */
#include "fuzz.h"
#include "manifest.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fault f;

	if (manifest_print(fuzz_input(bytes, size), fuzz_nowhere(),
	    fuzz_choice(bytes, size, 2) == 1, &f) == -1)
		fuzz_failed(&f);
	return 0;
}
