/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reel.h - an input of which more can be looked at than was taken.
 */
#ifndef REEL_H
#define REEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"

struct reel {
	struct source in;
	struct record buffer;
	size_t   begin, end;	/* of what is there, in the buffer */
	uint64_t offset;	/* of begin in the input */
	bool     over;		/* the input ended at end */
};

/* reel_open(r, fd, f), reel_close(r): as source_open and source_close. */
int reel_open(struct reel *r, int fd, struct fault *f);
void reel_close(struct reel *r);

/*
 * reel_have(r, size, f): reads until size bytes are there, or the input ends.
 * Memory is taken as bytes arrive.  0, or -1 with EXIT_SYSTEM.
 */
int reel_have(struct reel *r, size_t size, struct fault *f);

/* reel_size(r), reel_at(r): how many bytes are there, and where. */
size_t reel_size(const struct reel *r);
const uint8_t *reel_at(const struct reel *r);

/* reel_take(r, size): the next size bytes, which are there, are done with. */
void reel_take(struct reel *r, size_t size);

#endif
