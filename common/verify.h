/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verify.h - the check data of a stream (xenrec.5), verified piece by piece, in
 * stream order.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "check.h"
#include "fault.h"
#include "hash.h"
#include "minisign.h"
#include "record.h"

/* Starts zeroed but for these. */
struct verification {
	bool     allow_unchecked;	/* pass a stream without check data */
	const struct minisign_public *signer;	/* whose signature has to be
				   there, or NULL */
	uint64_t newer_than;	/* with signer: the sequence number has to be
				   more, or 0 */

	bool     begun, nested;
	enum {
		AWAIT_RECORDS,	/* before the first record */
		AWAIT_RECORD,	/* or DIGEST */
		AWAIT_CHECK,	/* of the record that came */
		AWAIT_END,	/* DIGEST came */
		AWAIT_TAIL,	/* END came */
		ALL_VERIFIED,
		NOTHING_TO_VERIFY
	} state;
	struct leaf_maker start;	/* before the records */
	uint64_t start_size, tail_size;
	struct hash tail;	/* behind END */
	struct record record;	/* the one that came; without its body */
	struct leaf leaf;	/* of it */
	uint8_t  id[CHECK_ID_SIZE];
	uint64_t records, bytes;	/* verified so far */
	struct digester all;
	struct digest digest;	/* of the stream, from AWAIT_END on */
	uint8_t  digest_body[DIGEST_CONTEXT_OFFSET + DIGEST_CONTEXT_MAX];
	uint32_t digest_length;
	bool     has_signature;	/* a SIGNATURE came */
	bool     is_signed;	/* as it has to be */
};

enum verdict {
	VERIFY_PASSED,	/* the stream has no check data */
	VERIFY_AROUND,	/* not a record, or END: sound if the next check data,
			   or the last piece, is taken without fault */
	VERIFY_RECORD,	/* sound if the next piece is */
	VERIFY_CHECK,	/* check data: all that came before is sound */
	VERIFY_LAST	/* the last piece: and so is all of the stream */
};

/*
 * verify_piece(v, rec, leaf, f): takes the next piece.  leaf: of a record but
 * END that is no check data.  Of such a record the body is not looked at.
 *
 * An enum verdict, or -1: EXIT_INTEGRITY for what is damaged, missing, twice
 * there, out of place, not signed, or without check data; EXIT_REFUSED for a
 * version that is not known, and a sequence number that is too low.
 */
int verify_piece(struct verification *v, const struct record *rec,
    const struct leaf *leaf, struct fault *f);

#endif
