/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reply.h - what comes back on a lane (xenrec.5): how far the collector is.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"

struct reply {
	unsigned kind;		/* a REPLY_ value of format_ours.h */
	uint32_t value;		/* as it says there */
	uint64_t written;	/* all chunks below it were */
	uint64_t came;		/* chunks, on this lane */
};

/* reply_put(r, set, bytes): the REPLY_SIZE bytes of it. */
void reply_put(const struct reply *r, const uint8_t set[PART_SET_SIZE],
    uint8_t bytes[REPLY_SIZE]);

/*
 * reply_get(bytes, size, set, r, f): *r of the bytes, which may be fewer than
 * REPLY_SIZE: then whether they begin one.  0, or -1: EXIT_MALFORMED for what
 * is none, EXIT_REFUSED for another version, EXIT_INTEGRITY when it is damaged
 * or for another set.
 */
int reply_get(const uint8_t *bytes, size_t size,
    const uint8_t set[PART_SET_SIZE], struct reply *r, struct fault *f);

#endif
