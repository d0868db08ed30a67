/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command.h - a command of the user's that is fed through a pipe.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

#include "fault.h"

struct command {
	pid_t pid;		/* and its process group; 0: it does not run */
	int   fd;		/* to write to: its input; -1: none */
};

/*
 * command_start(c, text, file, f): `sh -c text`, with FILE=file in its
 * environment if file is not NULL, in a process group of its own.  Writing to it
 * sends no SIGPIPE from now on.  0, or -1 with EXIT_SYSTEM.
 */
int command_start(struct command *c, const char *text, const char *file,
    struct fault *f);

/*
 * command_end(c, file, f): its input ends; waits for it, if it runs.  0 when it
 * exited 0 and had read everything, or -1 with EXIT_SYSTEM and how it ended,
 * naming file if it is not NULL.
 */
int command_end(struct command *c, const char *file, struct fault *f);

/*
 * command_blame(c, file, f): after writing to it failed, and *f says so: if it
 * does not read any more, *f says how it ended.  Returns -1.
 */
int command_blame(struct command *c, const char *file, struct fault *f);

/*
 * command_signal(c): SIGTERM to all of it, so that it does not take what it
 * read for the whole.  A signal handler may call it.
 * command_abort(c): that, and waits for it.
 */
void command_signal(const struct command *c);
void command_abort(struct command *c);

#endif
