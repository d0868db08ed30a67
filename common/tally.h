/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tally.h - counts and digest of an image, the same at both ends of a move.
 *
 * The digest is BLAKE2b-256 over the image header and domain header (40
 * bytes), and then for each record in order u32 type, u32 length and u32
 * CRC-32C of its body with padding, little-endian.  Records of the project's
 * own and what stands around the image do not count.  It tells damage and
 * loss; it is no defence against somebody who alters the stream on purpose.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"
#include "record.h"

#define TALLY_DIGEST_SIZE 32u

struct tally {
	uint64_t records;	/* Xen's, END included */
	uint64_t pages;		/* that came with data, repeats included */
	bool     open;		/* the last record is not yet in the hash */
	uint32_t type, length, crc;	/* the last record */
	struct hash hash;
};

/* tally_begin(t): nothing counted. */
void tally_begin(struct tally *t);

/*
 * tally_crc(rec): sets rec->crc of a whole record.  Any thread, so that this
 * can run in parallel, before tally_add.
 */
void tally_crc(struct record *rec);

/* tally_add(t, rec): counts a piece, in stream order; rec->crc is set. */
void tally_add(struct tally *t, const struct record *rec);

/*
 * tally_piece(t, rec): tally_crc and tally_add at once, for a stream that is
 * read in pieces, in order.
 */
void tally_piece(struct tally *t, struct record *rec);

/* tally_end(t, digest): the digest of all that was counted. */
void tally_end(struct tally *t, uint8_t digest[TALLY_DIGEST_SIZE]);

#endif
