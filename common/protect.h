/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * protect.h - CHECKs and a DIGEST into a stream (xenrec.5).
 *
 *     protect_work   with BLAKE2b, in parallel: the leaf of a record
 *     protect_write  in stream order: the piece, and behind the last one of a
 *                    record its CHECK; in front of END the DIGEST, which has
 *                    to wait for what stands behind END
 *
 * They are a codec's work and write (filter.h) with a struct protector as the
 * worker, for a stream without this layer.  With BLAKE2b records have to be
 * whole.  Without, they do better in pieces: each is written while it is in
 * the processor's cache, and its CRC is no work to speak of.
 */
#ifndef PROTECT_H
#define PROTECT_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "fault.h"
#include "hold.h"
#include "io.h"
#include "minisign.h"
#include "record.h"

/* What the threads share.  Starts zeroed but for these. */
struct protection {
	uint8_t  id[CHECK_ID_SIZE];
	bool     blake2b;
	uint64_t time, sequence;
	const char *context;	/* at most DIGEST_CONTEXT_MAX bytes */
	const struct minisign_secret *sign;	/* with blake2b; or NULL */
	struct hold tail;	/* its max is set */

	bool     begun, nested, behind;	/* END was seen */
	uint64_t records, bytes;	/* covered so far */
	struct leaf_maker leaf;	/* what stands before the records; then, without
				   BLAKE2b, the record under way */
	uint64_t left;		/* bytes of it to come */
	struct digester all;
	struct record extra;	/* a CHECK or DIGEST */
};

/* One thread's. */
struct protector {
	struct protection *shared;
	struct leaf leaf;
};

int protect_work(void *worker, struct record *rec, struct fault *f);

/*
 * protect_write: 0, or -1: EXIT_REFUSED for a CHECKPOINT, for a record of this
 * layer in the stream, and for more behind END than may be held; EXIT_SYSTEM.
 */
int protect_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f);

/* protect_free(p): frees what it holds. */
void protect_free(struct protection *p);

#endif
