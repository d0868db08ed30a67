/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory and nothing else (raw.h). */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return fuzz_read_form("raw", bytes, size);
}
