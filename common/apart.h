/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apart.h - a function in a process of its own, which looks at foreign bytes,
 * and so gives up what this one has.
 */
#ifndef APART_H
#define APART_H

#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

#define APART_RESULT_MAX	4096u

struct apart {
	pid_t child;		/* 0: it is over */
	struct apart_end *end;	/* shared with it */
};

/*
 * apart_fork(a, run, ctx, f): forks a process in which run(ctx, result, f)
 * runs, with APART_RESULT_MAX bytes for what it comes to.  That does not
 * outlive this one, and ignores SIGINT, SIGTERM, SIGHUP and SIGQUIT, which
 * are for this one.  Before threads.
 * 0, or -1 with EXIT_SYSTEM.
 */
int apart_fork(struct apart *a,
    int (*run)(void *ctx, void *result, struct fault *f), void *ctx,
    struct fault *f);

/*
 * apart_end(a, result, size, f): waits for it.  0, and the first size bytes of
 * its result, which are foreign, too; or -1 with what run failed with; with
 * EXIT_SYSTEM when it was killed.  Without a text when it exited, having said
 * why.
 */
int apart_end(struct apart *a, void *result, size_t size, struct fault *f);

#endif
