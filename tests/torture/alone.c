/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * alone.c - preloaded to one process of several, before fail.c: it runs once, by
 * the plan that its environment has:
 *
 *   TORTURE_PLAN=CALL NTH STICKY ERROR   numbers, as in plan.h
 *   TORTURE_SEEN=FILE                    as large as struct seen
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "begin.h"

int
torture_main(int argc, char *argv[], char *envp[])
{
	const char *plan = getenv("TORTURE_PLAN"), *seen = getenv("TORTURE_SEEN");
	struct plan *p = &torture_plan;
	int fd;

	if (plan == NULL || seen == NULL || sscanf(plan, "%u %u %u %d",
	    &p->call, &p->nth, &p->sticky, &p->error) != 4 ||
	    (fd = open(seen, O_RDWR | O_CLOEXEC)) == -1)
		_exit(127);
	torture_share(fd);
	close(fd);
	return torture_filter(argc, argv, envp);
}
