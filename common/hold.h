/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hold.h - bytes of a stream that are held back: what stands around its image.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"

struct hold {
	struct record buffer;
	size_t   size;
	uint64_t max;		/* bytes, at most HOLD_MAX */
};

#define HOLD_MAX	(UINT64_C(256) << 20)

/*
 * hold_add(h, rec, f): the bytes of the piece, behind those that are there.
 * 0, or -1: EXIT_REFUSED for more than h->max, EXIT_SYSTEM.
 */
int hold_add(struct hold *h, const struct record *rec, struct fault *f);

/* hold_write(h, out, f): writes them, and has none then.  0, or -1 as
 * sink_write. */
int hold_write(struct hold *h, struct sink *out, struct fault *f);

/* hold_free(h): frees them, and zeroes *h. */
void hold_free(struct hold *h);

#endif
