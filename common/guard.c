/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <sodium.h>

#include "guard.h"

int
guard_secrets(struct fault *f)
{
	const struct rlimit none = { 0, 0 };

	if (setrlimit(RLIMIT_CORE, &none) == -1 ||
	    prctl(PR_SET_DUMPABLE, 0) == -1)
		return fault_set(f, EXIT_SYSTEM, "cannot forbid cores: %s",
		    strerror(errno));
	/* With a limit memory would run out later, so only without one.  All
	 * of it: libcrypto keeps keys where it likes. */
	if (geteuid() == 0)
		(void)mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT);
	if (sodium_init() == -1)
		return fault_set(f, EXIT_SYSTEM, "no random numbers");
	return 0;
}
