/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * suite.h - the ciphers of sealed containers (xenrec.5, SEAL_HEADER AND
 * SEAL_CHUNK), by libcrypto, which does both faster than libsodium.  Keys
 * have 32 bytes, nonces 12, and tags 16.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define SUITE_KEY_SIZE		32u
#define SUITE_NONCE_SIZE	12u
#define SUITE_TAG_SIZE		16u

enum { SUITE_CHACHA20 = 1, SUITE_AES256 = 2 };

/* suite_name(id): the cipher's name, or NULL for one that is not known. */
const char *suite_name(unsigned id);

/* suite_fastest(): the number of the one that is fastest here. */
unsigned suite_fastest(void);

/*
 * suite_load(): libcrypto reads its configuration, while files can be opened;
 * not in static tools, which can load nothing that it names.
 */
void suite_load(void);

/* A key at work; for one thread at a time. */
struct suite_key;

/*
 * suite_key_new(id, seals, key): to seal with, or to open.  The key may be
 * wiped then.  NULL without memory.
 */
struct suite_key *suite_key_new(unsigned id, bool seals,
    const uint8_t key[SUITE_KEY_SIZE]);

/* suite_key_free(k): wipes it.  k may be NULL. */
void suite_key_free(struct suite_key *k);

/*
 * suite_seal(k, bytes, size, ad, ad_size, nonce): encrypts at most 2^30 bytes
 * in place, and puts the tag behind them.  0, or -1 when libcrypto fails.
 */
int suite_seal(struct suite_key *k, uint8_t *bytes, size_t size,
    const uint8_t *ad, size_t ad_size,
    const uint8_t nonce[SUITE_NONCE_SIZE]);

/*
 * suite_open(...): the inverse, of `size` bytes and the tag behind them.  0, or
 * -1 when the tag is not theirs; then the bytes are zero.
 */
int suite_open(struct suite_key *k, uint8_t *bytes, size_t size,
    const uint8_t *ad, size_t ad_size,
    const uint8_t nonce[SUITE_NONCE_SIZE]);

#endif
