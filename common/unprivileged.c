/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unprivileged.h"

/* As the last thing that needs one. */
static int
drop_capabilities(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {
		{ .effective = 0 },
	};

	return (int)syscall(SYS_capset, &header, none);
}

static int
change_user(void)
{
	const uid_t id = UNPRIVILEGED_ID;

	if (setresgid(id, id, id) == -1)
		/* Of a number that the namespace does not have. */
		return errno == EINVAL ? drop_capabilities() : -1;
	if (setgroups(0, NULL) == -1 || setresuid(id, id, id) == -1)
		return -1;
	return drop_capabilities();
}

int
unprivileged(bool guarded, struct fault *f)
{
	const struct rlimit all = { RLIM_INFINITY, RLIM_INFINITY };
	pid_t parent = getppid();
	int signal = 0;

	if (geteuid() != 0)
		return 0;
	/* Of memory that comes and is to be locked there is little otherwise;
	 * who may not raise the limit keeps locked what is locked now. */
	if (guarded && setrlimit(RLIMIT_MEMLOCK, &all) == -1)
		(void)mlockall(MCL_CURRENT | MCL_ONFAULT);
	if (prctl(PR_GET_PDEATHSIG, &signal) == -1 || change_user() == -1)
		return fault_set(f, EXIT_SYSTEM, "cannot give up root's "
		    "privileges: %s", strerror(errno));
	/* Others may be nobody's, too, and look into what is their user's. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	/* The change takes it away, and the parent may have died since. */
	if (signal == 0)
		return 0;
	if (prctl(PR_SET_PDEATHSIG, signal) == -1 || getppid() != parent)
		return fault_set(f, EXIT_SYSTEM, "the parent is gone");
	return 0;
}
