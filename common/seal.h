/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * seal.h - SEAL_HEADER and SEAL_CHUNK records (xenrec.5): headers and chunks
 * made, and verified and opened.
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

/* One thread's: the key of the epoch that it works in.  Starts zeroed. */
struct seal_epoch {
	uint64_t number;
	struct suite_key *key;	/* or NULL */
};

/* One chunk, decrypted. */
struct chunk {
	uint64_t number;
	bool     last;
	bool     ends;		/* the payload ends with it */
	bool     checkpoint;	/* it ends with a checkpoint */
	uint32_t used;		/* bytes of payload, at chunk_payload() */
};

/* The image header and domain header of every container. */
extern const uint8_t seal_image[IMAGE_HEADERS_SIZE];

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

/* seal_size(s, c): bytes that the chunk has, decrypted, in a container whose
 * chunks are as short as can be where they may. */
uint32_t seal_size(const struct seal *s, const struct chunk *c);

/* chunk_payload(rec): where the payload stands in a record's body, of a chunk
 * that is to be sealed or was opened. */
uint8_t *chunk_payload(const struct record *rec);

/*
 * seal_chunk(s, e, c, rec, f): *rec, whose body has the payload in its place
 * and room for 40 bytes more than seal_size, becomes the SEAL_CHUNK.
 * 0, or -1 with EXIT_SYSTEM.
 */
int seal_chunk(const struct seal *s, struct seal_epoch *e,
    const struct chunk *c, struct record *rec, struct fault *f);

/*
 * seal_open(s, e, number, rec, f): the SEAL_CHUNK of that number, decrypted
 * in place.  0, or -1: EXIT_INTEGRITY for what is not that
 * chunk, EXIT_MALFORMED for an authentic one that is not as it has to be,
 * EXIT_SYSTEM.
 */
int seal_open(const struct seal *s, struct seal_epoch *e, uint64_t number,
    struct record *rec, struct fault *f);

/* seal_chunk_of(rec): what the chunk is that seal_open opened. */
struct chunk seal_chunk_of(const struct record *rec);

/* seal_padding(count): chunks that a padded container has more than the count
 * that its payload needs, at least 1. */
uint64_t seal_padding(uint64_t count);

/* seal_free(s), seal_epoch_free(e): wipe the keys. */
void seal_free(struct seal *s);
void seal_epoch_free(struct seal_epoch *e);

#endif
