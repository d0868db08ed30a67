/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * seal_chunk.h - SEAL_CHUNK records (xenrec.5): chunks sealed, and opened.
 */
#ifndef SEAL_CHUNK_H
#define SEAL_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "container.h"
#include "fault.h"
#include "record.h"
#include "seal.h"

/* One thread's: the key of the epoch that it works in.  Starts zeroed. */
struct seal_epoch {
	uint64_t number;
	struct suite_key *key;	/* or NULL */
};

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

/* seal_epoch_free(e): wipes the key. */
void seal_epoch_free(struct seal_epoch *e);

#endif
