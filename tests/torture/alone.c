/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * alone.c - preloaded to one process of several, with torture-fail.so: it runs
 * once, by the plan that its environment has:
 *
 *   TORTURE_PLAN=CALL NTH STICKY ERROR   numbers, as in plan.h
 *   TORTURE_SEEN=FILE                    as large as struct seen
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plan.h"

typedef int program(int, char **, char **);

struct plan torture_plan;
struct seen *torture_seen;
static program *filter;

static int
run(int argc, char *argv[], char *envp[])
{
	const char *plan = getenv("TORTURE_PLAN"), *seen = getenv("TORTURE_SEEN");
	struct plan *p = &torture_plan;
	struct seen *at;
	int fd;

	if (plan == NULL || seen == NULL || sscanf(plan, "%u %u %u %d",
	    &p->call, &p->nth, &p->sticky, &p->error) != 4 ||
	    (fd = open(seen, O_RDWR | O_CLOEXEC)) == -1)
		_exit(127);
	at = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		_exit(127);
	close(fd);
	/* Not for the commands that it runs. */
	unsetenv("LD_PRELOAD");
	torture_seen = at;
	return filter(argc, argv, envp);
}

/* What runs a program calls this with its main, by a name that C reserves. */
int start_main(program *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*end)(void), void *stack)
    __asm__("__libc_start_main");
int
start_main(program *main, int argc, char **argv, void (*init)(void),
    void (*fini)(void), void (*end)(void), void *stack)
{
	int (*start)(program *, int, char **, void (*)(void), void (*)(void),
	    void (*)(void), void *);

	*(void **)&start = dlsym(RTLD_NEXT, "__libc_start_main");
	filter = main;
	return start(run, argc, argv, init, fini, end, stack);
}
