/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash.h - BLAKE2b of bytes that come bit by bit.
 *
 * libsodium's state has to stand at a multiple of 64, which memory of malloc
 * does not; this one may stand in any structure, and be copied.  One thread at
 * a time each.
 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

struct hash {
	uint8_t state[sizeof(crypto_generichash_state)];
};

/*
 * hash_begin(h, size): no bytes yet; `size` is that of the hash, 16 to 64.
 * hash_add(h, bytes, size): more of them.
 * hash_end(h, out, size): the hash, of the size that hash_begin was given; *h is
 * to begin anew.
 */
void hash_begin(struct hash *h, size_t size);
void hash_add(struct hash *h, const uint8_t *bytes, size_t size);
void hash_end(struct hash *h, uint8_t *out, size_t size);

#endif
