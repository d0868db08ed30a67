/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <isa-l/crc.h>

#include "crc.h"

#define STEP	((size_t)1 << 30)	/* isa-l counts in int */

uint32_t
crc_add(uint32_t crc, const uint8_t *bytes, size_t size)
{
	size_t n;

	for (; size > 0; bytes += n, size -= n) {
		n = size < STEP ? size : STEP;
		/* It only reads, though its prototype does not say so. */
		crc = ~crc32_iscsi((unsigned char *)bytes, (int)n, ~crc);
	}
	return crc;
}
