/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command.h - a command of the user's that is fed through a pipe, and may
 * answer.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>
#include <sys/types.h>

#include "fault.h"

struct command {
	pid_t pid;		/* and its process group; 0: it does not run */
	int   fd;		/* to write to: its input; -1: none */
	int   from;		/* to read from: its output; -1: none */
};

/*
 * command_start(c, text, file, f): `sh -c text`, with FILE=file in its
 * environment if file is not NULL, in a process group of its own.  Writing to it
 * sends no SIGPIPE from now on.  0, or -1 with EXIT_SYSTEM.
 */
int command_start(struct command *c, const char *text, const char *file,
    struct fault *f);

/*
 * command_talk(c, text, f): as command_start without a file, and its output is
 * c->from; both are sockets.
 */
int command_talk(struct command *c, const char *text, struct fault *f);

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

/*
 * command_over(c, status): whether it has exited, or does not run, without
 * waiting: with how, as waitpid says, in *status.
 * command_kill(c, number): that signal to all of it, and it is not to sleep on
 * it.
 * command_end_input(c): closes its input, if it is open; command_close(c): and its
 * output.
 */
bool command_over(struct command *c, int *status);
void command_kill(const struct command *c, int number);
void command_end_input(struct command *c);
void command_close(struct command *c);

#endif
