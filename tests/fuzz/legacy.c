/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams of Xen 3.1 to 4.5, of xl, xend, XAPI and Remus (legacy.h). */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return fuzz_read_form("legacy", bytes, size);
}
