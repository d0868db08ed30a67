/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * toolstack.h - xl as a process, for what it alone can do: guests with
 * devices or a device model.
 *
 * One that is running dies with this process.  What it prints comes out line
 * by line, with the tool's name in front; news that is no complaint only when
 * that is wanted.
 */
#ifndef TOOLSTACK_H
#define TOOLSTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

#define TOOLSTACK_LINE	256u	/* bytes of a line that are kept */

struct toolstack {
	const char *tool;	/* whose messages they are */
	bool  verbose;		/* news too */
	/* The toolstack's own. */
	pid_t pid;		/* and its process group; 0: it does not run */
	int   process;		/* readable when it has ended */
	int   messages;		/* readable when it has printed; it has ended
				   when that is closed */
	char  line[TOOLSTACK_LINE], last[TOOLSTACK_LINE];
	size_t used;		/* of line */
};

/* toolstack_there(): whether this host has xl. */
bool toolstack_there(void);

/*
 * toolstack_start(t, argv, in, out, f): xl with these arguments, argv[0] is
 * "xl"; `in` and `out` become its stdin and stdout; -1: /dev/null, and what it
 * prints.  Both stay the caller's.  Descriptors of this process are passed
 * on unless they close on exec.
 * 0, or -1 with EXIT_SYSTEM.
 */
int toolstack_start(struct toolstack *t, const char *const argv[], int in,
    int out, struct fault *f);

/* toolstack_read(t): passes on what it has printed.  Does not wait. */
void toolstack_read(struct toolstack *t);

/*
 * toolstack_end(t, what, f): waits until it has ended.  0 when it exited 0, or
 * -1 with EXIT_SYSTEM, `what` did not work, and its last complaint.
 */
int toolstack_end(struct toolstack *t, const char *what, struct fault *f);

/* toolstack_kill(t): ends it, and waits for that. */
void toolstack_kill(struct toolstack *t);

/* toolstack_run(t, argv, what, f): start and end, without input and output. */
int toolstack_run(struct toolstack *t, const char *const argv[],
    const char *what, struct fault *f);

#endif
