/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * took - runs a command, and writes what it took to a descriptor: CPU seconds
 * of user and system, and KiB of peak memory.
 *
 *     took DESCRIPTOR COMMAND [ARGUMENT...]
 *
 * A process that is forked from a large one has that one's peak as its own:
 * so it is forked from this, which is small.  Exits as the command does.
 */
#include <err.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "opts.h"

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int
main(int argc, char *argv[])
{
	struct rusage took;
	int status;
	long fd;
	pid_t child;

	if (argc < 3 || opts_number(argv[1], 3, 1023, &fd) == -1)
		opts_wrong("took", "give a descriptor and a command");
	child = fork();
	if (child == -1)
		err(EXIT_SYSTEM, "took: fork");
	if (child == 0) {
		close((int)fd);
		execvp(argv[2], argv + 2);
		err(EXIT_SYSTEM, "took: %s", argv[2]);
	}
	/* The pipes are the command's: each end has to be seen to close. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	if (wait4(child, &status, 0, &took) == -1)
		err(EXIT_SYSTEM, "took: wait");
	dprintf((int)fd, "%.6f %.6f %ld\n", seconds(took.ru_utime),
	    seconds(took.ru_stime), took.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) :
	    128 + WTERMSIG(status);
}
