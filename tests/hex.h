/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hex.h - bytes of test vectors, written in hex.
 */
#ifndef HEX_H
#define HEX_H

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

/* unhex(text, bytes): how many there are; exits for what is no hex. */
static inline size_t
unhex(const char *text, uint8_t bytes[128])
{
	size_t size;

	if (sodium_hex2bin(bytes, 128, text, strlen(text), NULL, &size,
	    NULL) != 0)
		exit(1);
	return size;
}

#endif
