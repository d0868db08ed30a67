/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * contained.h - the checkpoints of a stream that is in a container, as far as
 * who has no key sees them from outside: what is around a container hands on
 * what has come up to each of them, as it does around the stream itself.
 *
 * Where they end: xenrec.5, "Chunk" of SEAL_HEADER AND SEAL_CHUNK and of
 * PART_HEADER AND PART_CHUNK.
 */
#ifndef CONTAINED_H
#define CONTAINED_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"

/* One thread at a time; zero before the first record. */
struct contained {
	bool     checked;	/* check data stand behind each record */
	bool     due;		/* a chunk with a checkpoint's end came */
	uint32_t full;		/* length of an encrypted chunk that is full */
	uint64_t count;		/* checkpoints that ended */
};

/*
 * contained_look(c, rec): looks at a record of the image, of which at least the
 * first 16 bytes of the body are there, if it has as many.  Any record.
 */
void contained_look(struct contained *c, const struct record *rec);

/*
 * contained_ends(c, type): whether a checkpoint of what is contained ends with
 * the record that was looked at last, which is of that type and has come whole.
 * Once for each.  Not one that fills its chunk to the last byte, which comes
 * with the next, and never in a padded container: there all chunks are alike.
 */
bool contained_ends(struct contained *c, uint32_t type);

#endif
