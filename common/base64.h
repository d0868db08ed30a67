/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * base64.h - base64 (RFC 4648, section 4), strictly, by libsodium.
 */
#ifndef BASE64_H
#define BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * base64_get(text, size, ignore, padded, bytes, room, got): the bytes of a
 * text of `size` characters, at most `room`; those of ignore, or NULL, do not
 * count.  False when it is not base64, has bits left over, is not padded as it
 * says, or has more bytes.
 */
bool base64_get(const char *text, size_t size, const char *ignore,
    bool padded, uint8_t *bytes, size_t room, size_t *got);

#endif
