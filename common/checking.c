/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bytes.h"
#include "checking.h"
#include "format.h"
#include "types.h"

bool
checking_pairs(const struct record *rec)
{
	return type_has_layers(rec) && !type_is_check(rec);
}

void
checking_arrived(struct checking *c, const struct record *rec, size_t from,
    size_t size)
{
	if (!c->kind->there || c->kind->blake2b)
		return;
	if (from == 0)
		leaf_record(&c->crc, rec, false);
	leaf_add(&c->crc, rec->body + from, size);
}

void
checking_first(struct checking *c, const struct record *rec)
{
	if (rec->part == PART_RECORD && rec->index == 0) {
		c->kind->there = type_is_check(rec);
		/* Whether that CHECK is sound turns out when it is verified. */
		c->kind->blake2b = c->kind->there && rec->type == REC_CHECK &&
		    get_le16(rec->body + OUR_FLAGS_OFFSET) & CHECK_BLAKE2B;
	}
	c->blake2b = c->kind->blake2b;
	c->as_read = *rec;
	c->as_read.body = NULL;
	/* The leaf of a record stays for its CHECK, if both are here. */
	if (!c->blake2b && checking_pairs(rec))
		c->leaf = c->crc.leaf;
}

void
checking_work(struct checking *c, const struct record *rec)
{
	if (c->blake2b && checking_pairs(rec))
		leaf_of(rec, true, &c->leaf);
}

const struct record *
checking_as_read(const struct checking *c, const struct record *rec)
{
	const struct record *r = &c->as_read;

	/* Nobody changes check data, and its body is looked at. */
	return r->part != PART_RECORD || r->type == REC_CHECK ||
	    r->type == REC_DIGEST || r->type == REC_SIGNATURE ? rec : r;
}
