/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CRC-32C without isa-l, of which Debian has no static library: for make
 * static, and instead of crc.c.  By the processor's own instruction, where it
 * has it, eight bytes at a time, and by a table what that leaves.
 */
#include <stdbool.h>
#include <string.h>

#include "crc.h"

/* What four bits come to, divided by the polynomial; all bits reflected. */
static const uint32_t step[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t
by_table(uint32_t sum, const uint8_t *bytes, size_t size)
{
	for (; size > 0; bytes++, size--) {
		sum ^= *bytes;
		sum = sum >> 4 ^ step[sum & 15];
		sum = sum >> 4 ^ step[sum & 15];
	}
	return sum;
}

#ifdef __x86_64__
static bool
has_instruction(void)
{
	return __builtin_cpu_supports("sse4.2") != 0;
}

__attribute__((target("sse4.2"))) static uint32_t
by_instruction(uint32_t sum, const uint8_t *bytes, size_t words)
{
	unsigned long long whole = sum, word;

	for (; words > 0; bytes += sizeof(word), words--) {
		memcpy(&word, bytes, sizeof(word));
		whole = __builtin_ia32_crc32di(whole, word);
	}
	return (uint32_t)whole;
}
#else
static bool
has_instruction(void)
{
	return false;
}

static uint32_t
by_instruction(uint32_t sum, const uint8_t *bytes, size_t words)
{
	return by_table(sum, bytes, words * 8);
}
#endif

uint32_t
crc_add(uint32_t crc, const uint8_t *bytes, size_t size)
{
	size_t words = has_instruction() ? size / 8 : 0;
	uint32_t sum = by_instruction(~crc, bytes, words);

	return ~by_table(sum, bytes + words * 8, size - words * 8);
}
