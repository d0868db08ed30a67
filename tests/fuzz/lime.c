/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory as LiME writes it (lime.h). */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return fuzz_read_form("lime", bytes, size);
}
