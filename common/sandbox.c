/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "sandbox_work.h"

#ifdef SANDBOX

/* Less than what is mapped by itself, and four are more than what is kept. */
#define PIECE_SIZE	((size_t)100 << 10)

static const struct sandbox nothing;

/* How much of it there is here. */
struct strength {
	int land, calls;	/* 0, or why not: an errno */
	int abi;		/* Landlock's version */
};

/*
 * The first memory of any thread but the first that glibc gives back.  NULL,
 * or state, when there was none.
 */
static void *
give_back(void *state)
{
	void *volatile piece[4];
	bool all = true;
	size_t i;

	for (i = 0; i < 4; i++) {
		piece[i] = malloc(PIECE_SIZE);
		all = all && piece[i] != NULL;
	}
	while (i > 0)
		free(piece[--i]);
	return all ? NULL : state;
}

/*
 * What libraries read when they need it first they read while they can: how
 * memory may be given back, in /proc/sys/vm/overcommit_memory, and, for
 * gmtime_r too, /etc/localtime.  0, or an errno.
 */
static int
warm_up(void)
{
	static bool is_warm;	/* of a process that is in it already */
	void *failed = NULL;
	pthread_t thread;
	int err;

	if (is_warm)
		return 0;
	if ((err = pthread_create(&thread, NULL, give_back, &is_warm)) != 0)
		return err;
	pthread_join(thread, &failed);
	tzset();
	is_warm = failed == NULL;
	return is_warm ? 0 : ENOMEM;
}

/* Whether it is not that the kernel, or what this process is in, has none. */
static bool
is_fault(int err)
{
	return err != 0 && err != ENOSYS && err != EOPNOTSUPP &&
	    err != EINVAL && err != EPERM;
}

static int
enter(const struct sandbox *s, struct strength *is, struct fault *f)
{
	int err = warm_up();

	/* A program that is run can do no more than this one, either. */
	if (err == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
		err = errno;
	if (err != 0)
		return fault_set(f, EXIT_SYSTEM, "no sandbox: %s",
		    strerror(err));
	is->land = sandbox_land(s, &is->abi);
	is->calls = sandbox_calls(s);
	if (is_fault(is->land) || is_fault(is->calls))
		return fault_set(f, EXIT_SYSTEM, "no sandbox: %s",
		    strerror(is_fault(is->land) ? is->land : is->calls));
	return 0;
}

int
sandbox_enter(const struct sandbox *s, struct fault *f)
{
	struct strength is;

	return enter(s != NULL ? s : &nothing, &is, f);
}

void
sandbox_try(char *text, size_t size)
{
	struct strength is;
	struct fault f;

	if (enter(&nothing, &is, &f) == -1)
		snprintf(text, size, "%s", f.text);
	else if (is.land == 0 && is.calls == 0)
		snprintf(text, size, "seccomp and Landlock (ABI %d)", is.abi);
	else if (is.calls == 0)
		snprintf(text, size, "seccomp; no Landlock: %s",
		    strerror(is.land));
	else if (is.land == 0)
		snprintf(text, size, "Landlock (ABI %d); no seccomp: %s",
		    is.abi, strerror(is.calls));
	else
		snprintf(text, size, "none: no seccomp: %s, no Landlock: %s",
		    strerror(is.calls), strerror(is.land));
}

#else

int
sandbox_enter(const struct sandbox *s, struct fault *f)
{
	(void)s;
	(void)f;
	return 0;
}

void
sandbox_try(char *text, size_t size)
{
	snprintf(text, size, "none: built without");
}

#endif
