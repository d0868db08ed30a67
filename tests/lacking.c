/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lacking.c - lacking seccomp|landlock|both COMMAND...: runs COMMAND as if on a
 * kernel that does not have that.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <seccomp.h>

int
main(int argc, char *argv[])
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
	const char *what = argc > 2 ? argv[1] : "";
	bool both = strcmp(what, "both") == 0;

	if (c == NULL || argc < 3)
		return 2;
	if (both || strcmp(what, "seccomp") == 0)
		seccomp_rule_add(c, SCMP_ACT_ERRNO(EINVAL),
		    SCMP_SYS(seccomp), 0);
	if (both || strcmp(what, "landlock") == 0)
		seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(landlock_create_ruleset), 0);
	if (seccomp_load(c) != 0)
		return 2;
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
