/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checked.h - verify.h for who reads a stream and writes none: check data is
 * taken out, and a record handed on once it was verified.  A stream without
 * check data is as it is.
 */
#ifndef CHECKED_H
#define CHECKED_H

#include <stdbool.h>

#include "checking.h"
#include "fault.h"
#include "record.h"
#include "verify.h"

/* What the threads share.  Starts zeroed. */
struct checked {
	struct verification verification;
	struct record held;	/* not known to be sound yet */
	bool holds;
	struct check_kind kind;
};

/* Takes a piece that is sound.  0, or -1 with *f set. */
typedef int checked_next(void *taker, struct record *rec, struct fault *f);

/*
 * checked_take(c, as_read, leaf, rec, next, taker, f): in stream order, the
 * next piece: as_read as the check data knows it, leaf as verify_piece or NULL
 * to make it of *rec, *rec for `next`.  A record goes on when its CHECK was
 * verified, and its body is *c's until then; END when all before it was.  What
 * stands around the image goes on at once: whoever takes it believes it when
 * the stream's end came without fault.
 * 0, or -1 as verify_piece, or next, says.
 */
int checked_take(struct checked *c, const struct record *as_read,
    const struct leaf *leaf, struct record *rec, checked_next *next,
    void *taker, struct fault *f);

/*
 * checked_look(c, as_read, leaf, rec, f): the same for a reader that shows what
 * is damaged too: *rec stays.  An enum verdict, or -1.
 */
int checked_look(struct checked *c, const struct record *as_read,
    const struct leaf *leaf, const struct record *rec, struct fault *f);

/* checked_has(c): whether the stream has check data, as far as it came. */
bool checked_has(const struct checked *c);

/* checked_free(c): frees what it holds. */
void checked_free(struct checked *c);

#endif
