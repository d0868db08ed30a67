/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checked.h"
#include "types.h"

void
checking_arrived(struct checking *c, const struct record *rec, size_t from,
    size_t size)
{
	if (!c->checked->there || c->checked->blake2b)
		return;
	if (from == 0)
		leaf_record(&c->crc, rec, false);
	leaf_add(&c->crc, rec->body + from, size);
}

void
checking_first(struct checking *c, const struct record *rec)
{
	if (rec->part == PART_RECORD && rec->index == 0) {
		c->checked->there = type_is_check(rec);
		c->checked->blake2b = verify_blake2b(rec);
	}
	c->blake2b = c->checked->blake2b;
	c->as_read = *rec;
	c->as_read.body = NULL;
	c->leaf = c->crc.leaf;
}

void
checking_work(struct checking *c, const struct record *rec)
{
	if (c->blake2b && verify_pairs(rec))
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

static int
release(struct checked *c, checked_next *next, void *taker, struct fault *f)
{
	if (!c->holds)
		return 0;
	c->holds = false;
	return next(taker, &c->held, f);
}

int
checked_look(struct checked *c, const struct record *as_read,
    const struct leaf *leaf, const struct record *rec, struct fault *f)
{
	struct verification *v = &c->verification;
	struct leaf own;

	v->allow_unchecked = true;
	if (leaf == NULL && v->state == AWAIT_RECORD && verify_pairs(rec)) {
		leaf_of(rec, v->all.blake2b, &own);
		leaf = &own;
	}
	return verify_piece(v, as_read, leaf, f);
}

int
checked_take(struct checked *c, const struct record *as_read,
    const struct leaf *leaf, struct record *rec, checked_next *next,
    void *taker, struct fault *f)
{
	switch (checked_look(c, as_read, leaf, rec, f)) {
	case VERIFY_PASSED:
	case VERIFY_AROUND:
	case VERIFY_LAST:
		return next(taker, rec, f);
	case VERIFY_RECORD:
		record_move(&c->held, rec);
		c->holds = true;
		return 0;
	case VERIFY_CHECK:
		return release(c, next, taker, f);
	default:
		return -1;
	}
}

bool
checked_has(const struct checked *c)
{
	return c->verification.state != AWAIT_RECORDS &&
	    c->verification.state != NOTHING_TO_VERIFY;
}

void
checked_free(struct checked *c)
{
	record_free(&c->held);
}
