/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "uuid.h"

void
hex_print(const uint8_t *bytes, size_t size, char *text)
{
	sodium_bin2hex(text, 2 * size + 1, bytes, size);
}

void
uuid_print(const uint8_t uuid[UUID_SIZE], char text[UUID_TEXT_SIZE])
{
	char hex[2 * UUID_SIZE + 1];

	hex_print(uuid, UUID_SIZE, hex);
	snprintf(text, UUID_TEXT_SIZE, "%.8s-%.4s-%.4s-%.4s-%.12s", hex,
	    hex + 8, hex + 12, hex + 16, hex + 20);
}

bool
uuid_parse(const char *text, uint8_t uuid[UUID_SIZE])
{
	char again[UUID_TEXT_SIZE], lower[UUID_TEXT_SIZE];
	size_t i, n;

	if (strlen(text) != UUID_TEXT_SIZE - 1)
		return false;
	for (i = 0; i < UUID_TEXT_SIZE; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	if (sodium_hex2bin(uuid, UUID_SIZE, lower, UUID_TEXT_SIZE - 1, "-",
	    &n, NULL) != 0 || n != UUID_SIZE)
		return false;
	uuid_print(uuid, again);
	return strcmp(again, lower) == 0;
}

void
uuid_random(uint8_t uuid[UUID_SIZE])
{
	randombytes_buf(uuid, UUID_SIZE);
	uuid[6] = (uint8_t)(0x40 | (uuid[6] & 0x0f));
	uuid[8] = (uint8_t)(0x80 | (uuid[8] & 0x3f));
}
