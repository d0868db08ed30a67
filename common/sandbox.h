/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox.h - after its start a process has its descriptors and nothing else.
 *
 * Two mechanisms of Linux, each where the kernel has it: Landlock, by which
 * no file and no connection can be opened, and seccomp, by which the process
 * is killed (SIGSYS) when it makes a system call that is not on a list.  Not
 * in a build with sanitizers, or without libseccomp, Landlock included:
 * SANDBOX is not defined then.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

/* What it may do besides: all zero is nothing. */
struct sandbox {
	pid_t child;		/* signal this process, or, if negative, this
				   process group, as in kill(2) */
	bool  forks;		/* have processes of its own, which inherit
				   the sandbox, and signal them */
	bool  says;		/* send on sockets */
	bool  talks;		/* and receive, and shut them down */
	bool  listens;		/* and take in who connects to that of the name
				   file, which it may only remove */
	bool  reopens;		/* open its own pipes once more */
	bool  spills;		/* make files without a name (spill.h) */
	const char *file;	/* make this file, or directory, and others
				   beside it, and name and remove such */
	bool  replaces;		/* and read what is there already */
	char *const *read;	/* open these files, or what is in these
				   directories, to read them; */
	size_t reads;		/* so many */
};

/*
 * sandbox_enter(s, f): from now on this process, and what it forks, may do no
 * more than that; NULL is nothing.  What the kernel does not have is gone
 * without.  Before threads, and before the first foreign byte is looked at;
 * a second time to narrow it further.
 * 0, or -1 with EXIT_SYSTEM.
 */
int sandbox_enter(const struct sandbox *s, struct fault *f);

/*
 * sandbox_try(text, size): enters it, of nothing, and says into text, of size
 * bytes, what there is of it here, and why not the rest.
 */
void sandbox_try(char *text, size_t size);

#endif
