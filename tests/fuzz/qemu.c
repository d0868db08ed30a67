/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory of a PC as QEMU migrates it to a file (mapped_ram.h). */
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	return fuzz_read_form("qemu-mapped-ram", bytes, size);
}
