/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "begin.h"

struct plan torture_plan;
struct seen *torture_seen;
program *torture_filter;

void
torture_share(int fd)
{
	struct seen *seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED, fd, 0);

	if (seen == MAP_FAILED)
		_exit(127);
	unsetenv("LD_PRELOAD");
	torture_seen = seen;
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
	torture_filter = main;
	return start(torture_main, argc, argv, init, fini, end, stack);
}
