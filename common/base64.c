/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sodium.h>

#include "base64.h"

bool
base64_get(const char *text, size_t size, const char *ignore, bool padded,
    uint8_t *bytes, size_t room, size_t *got)
{
	size_t i;

	/* libsodium 1.0.18 takes any of these for a digit. */
	for (i = 0; i < size; i++)
		if ((unsigned char)text[i] > 0x7f)
			return false;
	return sodium_base642bin(bytes, room, text, size, ignore, got, NULL,
	    padded ? sodium_base64_VARIANT_ORIGINAL :
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}
