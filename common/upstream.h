/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * upstream.h - a process of one's own that writes the stream that is read:
 * what it fails with is what the reader says.
 */
#ifndef UPSTREAM_H
#define UPSTREAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "fault.h"

/* How it came to its end, shared with it. */
struct upstream_late {
	bool done;
	struct fault fault;	/* EXIT_DONE: none so far */
};

struct upstream {
	int   fd;		/* the stream */
	pid_t child;		/* that writes it, or 0 */
	struct upstream_late *late;
};

/*
 * upstream_fork(u, write, ctx, f): forks a process in which write(ctx, fd, f)
 * writes to fd and closes it; u->fd is the other end.  It does not outlive the
 * reader.  Before threads.
 * 0, or -1 with EXIT_SYSTEM.
 */
int upstream_fork(struct upstream *u,
    int (*write)(void *ctx, int fd, struct fault *f), void *ctx,
    struct fault *f);

/*
 * upstream_whole(u, f): where the stream was read to its end, in this process
 * or another one that was forked later: whether that is all of it.  0, or -1
 * with what the process failed with, EXIT_SYSTEM when it was killed.  0 for a
 * u without a process, and for NULL.
 */
int upstream_whole(const struct upstream *u, struct fault *f);

/* upstream_both(pair, f): the same of the two processes of a struct
 * upstream_pair, as stream.h asks for it. */
struct upstream_pair {
	const struct upstream *of[2];
};
int upstream_both(const void *pair, struct fault *f);

/*
 * upstream_end(u, result, f): what became of it: result and *f are what the
 * reader of u->fd came to; closes that.  0, or -1 with *f the reader's, or that
 * of the process when it was the reason; EXIT_SYSTEM when that was killed.
 */
int upstream_end(struct upstream *u, int result, struct fault *f);

/*
 * upstream_end_whole(u, result, f): the same of a stream that may end anywhere,
 * as one with checkpoints does: -1 when the process failed, though the reader
 * did not.
 */
int upstream_end_whole(struct upstream *u, int result, struct fault *f);

#endif
