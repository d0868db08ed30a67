/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interval.h - what comes from one CHECKPOINT of a stream to the next, kept in
 * files until it is whole.
 */
#ifndef INTERVAL_H
#define INTERVAL_H

#include <stdbool.h>

#include "fault.h"
#include "io.h"
#include "record.h"
#include "spill.h"

struct interval {
	struct spill pages;
	struct spill state;	/* records of the image that are no pages */
	struct spill models;	/* records of libxl's: device models' state */
};

/*
 * interval_open(i, f): an empty one.  interval_close(i) gives its files up.
 * 0, or -1 as spill_open.
 */
int interval_open(struct interval *i, struct fault *f);
void interval_close(struct interval *i);

/* interval_keep(s, rec, f): the piece, into one of its files, as spill_keep. */
int interval_keep(struct spill *s, const struct record *rec, struct fault *f);

/* interval_write(s, out, f): all that is in one of its files, to out. */
int interval_write(const struct spill *s, struct sink *out, struct fault *f);

/*
 * interval_follow(newest, next, f): *newest gets the state and the models of
 * *next, where that has any; then *next is empty.  0, or -1 with EXIT_SYSTEM.
 */
int interval_follow(struct interval *newest, struct interval *next,
    struct fault *f);

/* interval_is_empty(i): whether nothing is in it. */
bool interval_is_empty(const struct interval *i);

#endif
