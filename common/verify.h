/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verify.h - CHECKs and DIGEST of a stream verified, and taken out
 * (xenrec.5).
 *
 *     verify_first  in stream order, as read: what kind of leaves
 *     verify_pairs  a record stays with its CHECK
 *     verify_arrived  as its bytes are read: the CRC of a record
 *     verify_work   with BLAKE2b, in parallel: its leaf
 *     verify_write  in stream order: the piece before, once its CHECK was
 *                   verified; END and what is behind it last of all
 *
 * They are a codec's pairs, arrived, first, work and write (filter.h), with a struct verifier
 * as the worker, for codecs that want whole records.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "fault.h"
#include "hold.h"
#include "io.h"
#include "minisign.h"
#include "record.h"

/* What the threads share.  Starts zeroed but for these. */
struct verification {
	bool     allow_unchecked;	/* pass a stream without check data */
	const struct minisign_public *signer;	/* whose signature has to be
				   there, or NULL */
	uint64_t newer_than;	/* with signer: the sequence number has to be
				   more, or 0 */
	struct hold around;	/* before the records, and behind END; its
				   max is set */

	bool     begun, nested;
	bool     blake2b;	/* read by verify_first alone */
	enum {
		VERIFY_START,	/* before the first record */
		VERIFY_RECORD,	/* a record is next, or DIGEST */
		VERIFY_CHECK,	/* the CHECK of the held record is next */
		VERIFY_END,	/* DIGEST came */
		VERIFY_TAIL,	/* END came */
		VERIFY_DONE,	/* all of it is written */
		VERIFY_PASS	/* there is no check data */
	} state;
	const struct record *held;	/* a record, not verified yet: with the
					   thread that has its CHECK */
	struct leaf leaf;	/* of it */
	uint8_t  id[CHECK_ID_SIZE];
	uint64_t records, bytes;	/* verified so far */
	struct digester all;
	struct digest digest;	/* of the stream, from VERIFY_END on */
	struct record digest_record;	/* its body */
	bool     has_signature;	/* a SIGNATURE came */
	bool     is_signed;	/* as it has to be */
};

/* One thread's. */
struct verifier {
	struct verification *shared;
	bool blake2b;
	struct leaf_maker crc;
	struct leaf leaf;
};

/* verify_pairs(rec): whether a CHECK has to follow. */
bool verify_pairs(const struct record *rec);
void verify_arrived(void *worker, const struct record *rec, size_t from,
    size_t size);
int verify_first(void *worker, struct record *rec, struct fault *f);
int verify_work(void *worker, struct record *rec, struct fault *f);

/*
 * verify_write: 0, or -1: EXIT_INTEGRITY for what is damaged, missing, twice
 * there, out of place, not signed, or without check data; EXIT_REFUSED for a
 * version that is not known, a sequence number that is too low, and for more
 * around the image than may be held; EXIT_SYSTEM.
 */
int verify_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f);

/* verify_free(v): frees what it holds. */
void verify_free(struct verification *v);

#endif
