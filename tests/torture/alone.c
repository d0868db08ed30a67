/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * alone.c - preloaded to one process of several, before fail.c: it runs once, by
 * the plan that its environment has:
 *
 *   TORTURE_PLAN=CALL NTH STICKY ERROR   numbers, as in plan.h
 *   TORTURE_SEEN=FILE                    as large as struct seen
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "begin.h"

int
torture_main(int argc, char *argv[], char *envp[])
{
	char *plan = getenv("TORTURE_PLAN"), *seen = getenv("TORTURE_SEEN");
	int fd = seen == NULL ? -1 : open(seen, O_RDWR | O_CLOEXEC);

	if (plan == NULL || fd == -1)
		_exit(127);
	torture_plan = (struct plan){
		.call = (uint32_t)strtoul(plan, &plan, 10),
	};
	torture_plan.nth = (uint32_t)strtoul(plan, &plan, 10);
	torture_plan.sticky = (uint32_t)strtoul(plan, &plan, 10);
	torture_plan.error = (int32_t)strtol(plan, &plan, 10);
	torture_share(fd);
	close(fd);
	return torture_filter(argc, argv, envp);
}
