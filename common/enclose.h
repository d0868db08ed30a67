/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * enclose.h - a stream of any kind into a sealed container.
 */
#ifndef ENCLOSE_H
#define ENCLOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"
#include "seal.h"

struct enclose {
	int      in, out;	/* descriptors */
	unsigned threads;	/* 1 to THREADS_MAX */
	bool     pass_after_end;
	const struct seal *seal;	/* seal_begin made it, */
	const struct record *header;	/* and the SEAL_HEADER */
	uint64_t chunks, payload;	/* written; bytes: set by enclose_run */
	struct sink sink;	/* its own */
};

/*
 * enclose_run(e, f): the stream on e->in into a container on e->out, which it
 * closes.  The container's END is written when the stream's was read and (but
 * for pass_after_end) the end of the input.  Chunks are sealed in parallel;
 * but for randomness the output does not depend on threads.
 * 0, or -1 with *f set as container_fill: without END; then the process has to
 * exit soon, and *e, its seal and its header to live until it does.
 */
int enclose_run(struct enclose *e, struct fault *f);

#endif
