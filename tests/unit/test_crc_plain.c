/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The CRC-32C of static tools, by its specification and bit by bit. */
#include "crc.h"
#include "tap.h"

/* RFC 3720, appendix B.4: 32 bytes each. */
static const struct {
	const char *text;
	int first, more;
	uint32_t crc;
} told[] = {
	{ "zeroes", 0, 0, 0x8a9136aa },
	{ "ones", 0xff, 0, 0x62a8ab43 },
	{ "one more each", 0, 1, 0x46dd794e },
	{ "one less each", 31, -1, 0x113fdb5c },
};

static uint32_t
bit_by_bit(const uint8_t *bytes, size_t size)
{
	uint32_t sum = ~CRC_START;
	int bit;

	for (; size > 0; bytes++, size--) {
		sum ^= *bytes;
		for (bit = 0; bit < 8; bit++)
			sum = sum >> 1 ^ (sum & 1 ? 0x82f63b78u : 0);
	}
	return ~sum;
}

/* Each length, so that words and what is behind them have every share. */
static bool
each_length(const uint8_t *bytes, size_t size)
{
	size_t n;
	uint32_t halves;

	for (n = 0; n <= size; n++) {
		halves = crc_add(CRC_START, bytes, n / 3);
		halves = crc_add(halves, bytes + n / 3, n - n / 3);
		if (crc_add(CRC_START, bytes, n) != bit_by_bit(bytes, n) ||
		    halves != bit_by_bit(bytes, n))
			return false;
	}
	return true;
}

/* One byte is less than a word: the table alone. */
static bool
each_byte(void)
{
	unsigned value;
	uint8_t byte;

	for (value = 0; value < 256; value++) {
		byte = (uint8_t)value;
		if (crc_add(CRC_START, &byte, 1) != bit_by_bit(&byte, 1))
			return false;
	}
	return true;
}

int
main(void)
{
	uint8_t bytes[600];
	size_t i, n;

	for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		for (n = 0; n < 32; n++)
			bytes[n] = (uint8_t)(told[i].first +
			    told[i].more * (int)n);
		ok(crc_add(CRC_START, bytes, 32) == told[i].crc, "%s",
		    told[i].text);
	}
	for (n = 0; n < sizeof(bytes); n++)
		bytes[n] = (uint8_t)(n * n * 31 >> 3);
	ok(crc_add(CRC_START, bytes, 0) == CRC_START, "of nothing");
	ok(each_byte(), "each byte");
	ok(each_length(bytes, sizeof(bytes)), "each length, in two pieces");
	ok(each_length(bytes + 1, sizeof(bytes) - 1), "from any address");
	return tap_end();
}
