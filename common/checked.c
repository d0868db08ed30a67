/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "checked.h"

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
	if (leaf == NULL && v->state == AWAIT_RECORD && checking_pairs(rec)) {
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
