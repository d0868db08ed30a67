/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outlet.h - where a stream goes out of a process that does not wait for its
 * reader, but for poll(2).
 */
#ifndef OUTLET_H
#define OUTLET_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

struct outlet {
	int      fd;		/* to poll; -1: it was closed */
	uint64_t offset;	/* bytes written */
};

/*
 * outlet_open(o, fd): takes fd over.  A pipe, and whatever else can be opened
 * anew, does not wait from now on, while others who have it see no change; the
 * rest, files say, is waited for.
 */
void outlet_open(struct outlet *o, int fd);

/* outlet_put(o, bytes, size, put, f): as nowait_write, with the byte in *f. */
int outlet_put(struct outlet *o, const void *bytes, size_t size, size_t *put,
    struct fault *f);

/* outlet_close(o, f): 0, or -1 as sink_close. */
int outlet_close(struct outlet *o, struct fault *f);

#endif
