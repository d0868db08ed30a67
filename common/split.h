/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * split.h - a stream of any kind into a set of parts.
 */
#ifndef SPLIT_H
#define SPLIT_H

#include <stdint.h>

#include "fault.h"
#include "volumes.h"

struct split {
	int      in;		/* descriptor */
	unsigned threads;	/* 1 to THREADS_MAX */
	struct volumes volumes;	/* as its caller sets it */
	uint64_t chunks, payload;	/* set by split_run; bytes */
};

/*
 * split_run(s, f): the stream on s->in into s->volumes, which are whole when it
 * is.  The caller has volumes_stop called when a signal ends it.
 * 0, or -1 as container_fill and volumes_publish: then nothing is left of it.
 * The process has to exit soon, and *s to live until it does.
 */
int split_run(struct split *s, struct fault *f);

#endif
