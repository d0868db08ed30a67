/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unseal.h - what a sealed container holds (xenrec.5).
 *
 *     unseal_first   in stream order, as read: the header, and its keys
 *     unseal_work    in parallel: a chunk verified and decrypted
 *     unseal_write   in stream order: its payload; that which ends the
 *                    payload when the container ended too
 *
 * They are a codec's first, work and write (filter.h), with a struct unsealer
 * as the worker, for whole records, and REC_SEAL_HEADER as the layer to undo.
 */
#ifndef UNSEAL_H
#define UNSEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"
#include "seal.h"

/* What the threads share.  Starts zeroed but for these two. */
struct unseal {
	/* The stream key of an envelope into key.  0, or -1 with *f set. */
	int (*unwrap)(void *keys, const uint8_t *envelope, size_t size,
	    uint8_t key[SEAL_KEY_SIZE], struct fault *f);
	void *keys;

	uint8_t  image[IMAGE_HEADERS_SIZE];
	bool     has_image;
	struct seal seal;	/* set with the first record, then read only */

	/* In the order of writing. */
	struct record end;	/* the chunk that ends the payload, held */
	struct chunk end_chunk;
	bool     opened, last, ended;	/* header, last chunk, payload's end */
	uint64_t chunks, payload, checkpoints;	/* payload: bytes written */
};

/* One thread's. */
struct unsealer {
	struct unseal *shared;
	struct seal_epoch epoch;
	struct chunk chunk;
};

/*
 * unseal_first: 0, or -1: as seal_look, seal_unlock, unwrap; EXIT_REFUSED for
 * a stream that is no container; EXIT_MALFORMED for one with other headers.
 * unseal_work: as seal_open.  unseal_write: EXIT_INTEGRITY for chunks that
 * are missing or too many, EXIT_MALFORMED for a payload without its end.
 */
int unseal_first(void *worker, struct record *rec, struct fault *f);
int unseal_work(void *worker, struct record *rec, struct fault *f);
int unseal_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f);

/* unseal_free(u): wipes the key and frees what it holds. */
void unseal_free(struct unseal *u);

#endif
