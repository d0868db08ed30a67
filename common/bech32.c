/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <string.h>

#include <sodium.h>

#include "bech32.h"

#define SUM_SIZE	6u	/* characters */
#define TEXT_MAX	BECH32_SIZE(BECH32_MAX, BECH32_MAX)

static const char letters[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/* One character's value more under the checksum (BIP 173, "Checksum"). */
static uint32_t
add(uint32_t sum, unsigned value)
{
	static const uint32_t generator[] = {
		0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3,
	};
	uint32_t top = sum >> 25;
	unsigned i;

	sum = (sum & 0x1ffffff) << 5 ^ value;
	for (i = 0; i < 5; i++)
		sum ^= top >> i & 1 ? generator[i] : 0;
	return sum;
}

static unsigned
lower(char c)
{
	return (unsigned)tolower((unsigned char)c);
}

/* The checksum is of the prefix in small letters, whatever the text has. */
static uint32_t
start(const char *prefix)
{
	uint32_t sum = 1;
	const char *p;

	for (p = prefix; *p != '\0'; p++)
		sum = add(sum, lower(*p) >> 5);
	sum = add(sum, 0);
	for (p = prefix; *p != '\0'; p++)
		sum = add(sum, lower(*p) & 31);
	return sum;
}

static bool
capital(const char *prefix)
{
	while (*prefix != '\0' && !isalpha((unsigned char)*prefix))
		prefix++;
	return isupper((unsigned char)*prefix);
}

/* The i-th five bits; zeroes fill up the last. */
static unsigned
five(const uint8_t *bytes, size_t size, size_t i)
{
	size_t bit = 5 * i, at = bit / 8;
	unsigned two = (unsigned)bytes[at] << 8;

	if (at + 1 < size)
		two |= bytes[at + 1];
	return two >> (11 - bit % 8) & 31;
}

void
bech32_encode(const char *prefix, const uint8_t *bytes, size_t size,
    char *text)
{
	size_t i, length = strlen(prefix);
	uint32_t sum = start(prefix);
	char *at = text + length;

	memcpy(text, prefix, length);
	*at++ = '1';
	for (i = 0; i < (size * 8 + 4) / 5; i++) {
		sum = add(sum, five(bytes, size, i));
		*at++ = letters[five(bytes, size, i)];
	}
	for (i = 0; i < SUM_SIZE; i++)
		sum = add(sum, 0);
	sum ^= 1;
	for (i = SUM_SIZE; i-- > 0; )
		*at++ = letters[sum >> 5 * i & 31];
	*at = '\0';
	for (at = text + length; capital(prefix) && *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
}

/* The bytes in the characters of the data, filled up or not. */
static void
take(const char *data, uint8_t *bytes, size_t size)
{
	unsigned bits = 0, have = 0;
	const char *letter;
	size_t i = 0;

	for (; i < size && *data != '\0'; data++) {
		letter = strchr(letters, (int)lower(*data));
		have = have << 5 | (letter == NULL ? 0 :
		    (unsigned)(letter - letters));
		bits += 5;
		if (bits >= 8) {
			bits -= 8;
			bytes[i++] = (uint8_t)(have >> bits);
		}
	}
}

/*
 * What is taken out of the text is written again: the same text comes out if
 * its checksum, padding, length and case are right, and not otherwise.
 */
bool
bech32_decode(const char *text, const char *prefix, uint8_t *bytes,
    size_t size)
{
	size_t length = strlen(prefix);
	char again[TEXT_MAX];
	bool same;

	if (strncmp(text, prefix, length) != 0 || text[length] != '1' ||
	    strlen(text) + 1 != BECH32_SIZE(length, size))
		return false;
	take(text + length + 1, bytes, size);
	bech32_encode(prefix, bytes, size, again);
	same = sodium_memcmp(text, again, BECH32_SIZE(length, size)) == 0;
	sodium_memzero(again, sizeof(again));
	return same;
}
