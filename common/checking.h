/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checking.h - what check data covers of a stream as it is read: the leaf of
 * each piece, before anything becomes of it.  For codecs (filter.h) that want
 * whole records.
 */
#ifndef CHECKING_H
#define CHECKING_H

#include <stdbool.h>
#include <stddef.h>

#include "check.h"
#include "record.h"

/* What the first record says; set and read in the order of reading. */
struct check_kind {
	bool there;		/* it is a CHECK: the stream has check data */
	bool blake2b;		/* with hashes */
};

/* One thread's piece.  Starts zeroed but for kind, which the threads share. */
struct checking {
	struct check_kind *kind;
	bool blake2b;
	struct record as_read;	/* without its body */
	struct leaf_maker crc;
	struct leaf leaf;	/* from checking_work on, of what has a CHECK */
};

/* A codec's arrived, first and work; the last before the piece is changed. */
void checking_arrived(struct checking *c, const struct record *rec,
    size_t from, size_t size);
void checking_first(struct checking *c, const struct record *rec);
void checking_work(struct checking *c, const struct record *rec);

/* checking_as_read(c, rec): the piece, which is *rec now, as it was read. */
const struct record *checking_as_read(const struct checking *c,
    const struct record *rec);

/* checking_pairs(rec): whether a CHECK has to follow, where there are any. */
bool checking_pairs(const struct record *rec);

#endif
