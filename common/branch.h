/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * branch.h - a stream that goes on, and a copy of it to a command.
 */
#ifndef BRANCH_H
#define BRANCH_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "fault.h"

struct branch {
	int  in, out;		/* descriptors */
	const char *text;	/* the command */
	bool strict;		/* its failure is the stream's */
	struct command command;
	bool failed;		/* it did, and why says how: set by */
	struct fault why;	/* branch_run */
};

/*
 * branch_run(b, f): the stream on b->in, of any kind, to b->out, which it
 * closes, and to the command.  Without strict the stream goes on when the
 * command fails.  With strict its END comes when the command has exited 0.
 * 0, or -1 as stream_next, command_start and, with strict, command_end: then
 * END was not written, and the command was ended by a signal, unless it had
 * checkpoints of the stream.
 */
int branch_run(struct branch *b, struct fault *f);

/* branch_stop(b): for a signal handler (stop.h): as when the stream failed. */
void branch_stop(const void *b);

#endif
