/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "hkdf.h"

#define HASH_SIZE	crypto_auth_hmacsha256_BYTES

/* What is empty may be NULL for us, but not for libsodium. */
static const uint8_t *
bytes_of(const void *bytes)
{
	static const uint8_t none[1];

	return bytes == NULL ? none : bytes;
}

/* RFC 5869, section 2.2.  An empty salt is one of zeroes to HMAC. */
static void
extract(const uint8_t *secret, size_t secret_size, const uint8_t *salt,
    size_t salt_size, uint8_t key[HASH_SIZE])
{
	crypto_auth_hmacsha256_state hmac;

	crypto_auth_hmacsha256_init(&hmac, bytes_of(salt), salt_size);
	crypto_auth_hmacsha256_update(&hmac, bytes_of(secret),
	    secret_size);
	crypto_auth_hmacsha256_final(&hmac, key);
	sodium_memzero(&hmac, sizeof(hmac));
}

void
hkdf(const uint8_t *secret, size_t secret_size, const uint8_t *salt,
    size_t salt_size, const void *info, size_t info_size, uint8_t *key,
    size_t size)
{
	crypto_auth_hmacsha256_state hmac;
	uint8_t from[HASH_SIZE], block[HASH_SIZE], number = 0;
	size_t n;

	extract(secret, secret_size, salt, salt_size, from);
	/* RFC 5869, section 2.3: each block is of the one before, too. */
	for (; size > 0; size -= n, key += n) {
		crypto_auth_hmacsha256_init(&hmac, from, sizeof(from));
		if (number++ > 0)
			crypto_auth_hmacsha256_update(&hmac, block,
			    sizeof(block));
		crypto_auth_hmacsha256_update(&hmac, bytes_of(info),
		    info_size);
		crypto_auth_hmacsha256_update(&hmac, &number, 1);
		crypto_auth_hmacsha256_final(&hmac, block);
		n = size < sizeof(block) ? size : sizeof(block);
		memcpy(key, block, n);
	}
	sodium_memzero(&hmac, sizeof(hmac));
	sodium_memzero(from, sizeof(from));
	sodium_memzero(block, sizeof(block));
}
