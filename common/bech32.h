/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bech32.h - bytes as text with a checksum, as age writes its keys: Bech32
 * of BIP 173, without that one's limit of 90 characters.
 */
#ifndef BECH32_H
#define BECH32_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BECH32_MAX	90u	/* bytes, and characters of a prefix */

/* BECH32_SIZE(prefix, size): characters of the text, with the NUL. */
#define BECH32_SIZE(prefix, size) \
	((prefix) + 1 + ((size) * 8 + 4) / 5 + 6 + 1)

/*
 * bech32_encode(prefix, bytes, size, text): writes prefix, "1", the bytes and
 * the checksum, and a NUL: BECH32_SIZE(strlen(prefix), size) characters.
 * Letters are capital when the prefix's are.  Prefix and size are at most
 * BECH32_MAX.
 */
void bech32_encode(const char *prefix, const uint8_t *bytes, size_t size,
    char *text);

/*
 * bech32_decode(text, prefix, bytes, size): whether the text is what
 * bech32_encode writes for this prefix and as many bytes, then at bytes.
 * Limits as there.  When it is not, bytes holds nothing of use.
 */
bool bech32_decode(const char *text, const char *prefix, uint8_t *bytes,
    size_t size);

#endif
