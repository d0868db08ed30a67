/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hkdf.h - keys from a secret: HKDF-SHA256 (RFC 5869), which libsodium
 * 1.0.18 does not have.
 */
#ifndef HKDF_H
#define HKDF_H

#include <stddef.h>
#include <stdint.h>

#define HKDF_MAX	(255u * 32)	/* bytes */

/*
 * hkdf(secret, secret_size, salt, salt_size, info, info_size, key, size):
 * extracts from the secret with the salt, and expands that for the info to
 * size bytes at key, at most HKDF_MAX.  Any other size may be 0, and what it
 * is of then NULL.
 */
void hkdf(const uint8_t *secret, size_t secret_size, const uint8_t *salt,
    size_t salt_size, const void *info, size_t info_size, uint8_t *key,
    size_t size);

#endif
