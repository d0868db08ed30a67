/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * seal.h - SEAL_HEADER records (xenrec.5): a container's header made, and
 * verified and unlocked.
 */
#ifndef SEAL_H
#define SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "record.h"
#include "suite.h"

#define SEAL_KEY_SIZE		32u	/* of a stream key */
#define SEAL_HASH_SIZE		32u
#define SEAL_ENVELOPE_MAX	65536u

/* What a header says in clear. */
struct seal_header {
	unsigned suite;
	bool     padded;
	uint32_t chunk;		/* bytes of a whole chunk, decrypted */
	const uint8_t *envelope;	/* in the record */
	uint32_t envelope_size;
	const uint8_t *commitment;	/* in the record */
};

/* What the chunks of a container have in common.  Set by seal_begin or
 * seal_unlock, then read by all threads. */
struct seal {
	unsigned suite;
	bool     seals;		/* else it opens */
	bool     padded;
	uint32_t chunk;
	uint8_t *key;		/* the stream key; guarded memory */
	uint8_t  hash[SEAL_HASH_SIZE];	/* of all headers */
};

/*
 * seal_begin(s, key, envelope, size, rec, f): *s for a new stream, and *rec its
 * SEAL_HEADER: s->suite, padded and chunk are set; key is the stream key, fresh
 * and random, and the envelope that holds it has `size` bytes.  Draws the salt.
 * 0, or -1 with EXIT_SYSTEM.
 */
int seal_begin(struct seal *s, const uint8_t key[SEAL_KEY_SIZE],
    const uint8_t *envelope, size_t size, struct record *rec,
    struct fault *f);

/*
 * seal_look(rec, h, f): *h of a SEAL_HEADER record of ours; h points into it.
 * 0, or -1: EXIT_REFUSED for a version, suite or flags that are not known or a
 * large envelope, EXIT_MALFORMED.
 */
int seal_look(const struct record *rec, struct seal_header *h,
    struct fault *f);

/*
 * seal_unlock(s, image, rec, h, key, f): *s from a header and the stream key:
 * image is the container's 40 bytes, rec and h as in seal_look.  0, or -1:
 * EXIT_INTEGRITY when they do not belong together, EXIT_SYSTEM.
 */
int seal_unlock(struct seal *s, const uint8_t image[IMAGE_HEADERS_SIZE],
    const struct record *rec, const struct seal_header *h,
    const uint8_t key[SEAL_KEY_SIZE], struct fault *f);

/*
 * seal_derive(s, text, more, size, out): a key for what text names: BLAKE2b-256,
 * keyed with the stream key, of text, the hash of all headers and `size` bytes
 * of more.
 */
void seal_derive(const struct seal *s, const char *text, const uint8_t *more,
    size_t size, uint8_t out[SUITE_KEY_SIZE]);

/* seal_free(s): wipes the key. */
void seal_free(struct seal *s);

#endif
