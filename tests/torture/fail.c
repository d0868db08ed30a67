/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail.c - which calls fail; and those that start threads and processes.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

/* Where libseccomp is. */
static struct {
	uintptr_t begin, end;
} spared;

static int
look_for_libseccomp(struct dl_phdr_info *info, size_t size, void *unused)
{
	uintptr_t end;
	size_t i;

	(void)size;
	(void)unused;
	if (strstr(info->dlpi_name, "/libseccomp.so") == NULL)
		return 0;
	spared.begin = info->dlpi_addr;
	for (i = 0; i < info->dlpi_phnum; i++) {
		end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr +
		    info->dlpi_phdr[i].p_memsz;
		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > spared.end)
			spared.end = end;
	}
	return 1;
}

__attribute__((constructor)) static void
spare_libseccomp(void)
{
	dl_iterate_phdr(look_for_libseccomp, NULL);
}

bool
is_spared(const void *caller)
{
	return (uintptr_t)caller >= spared.begin &&
	    (uintptr_t)caller < spared.end;
}

bool
fails_from(enum call call, const void *caller)
{
	const struct plan *p = &torture_plan;
	uint32_t n;

	if (torture_seen == NULL || is_spared(caller))
		return false;
	n = ++torture_seen->calls[call];
	if (p->call != call || p->nth == 0 ||
	    (p->sticky ? n < p->nth : n != p->nth))
		return false;
	torture_seen->failed++;
	errno = p->error;
	return true;
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*run)(void *), void *arg)
{
	int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *);

	if (fails(CALL_START))
		return EAGAIN;
	*(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
	return create(thread, attr, run, arg);
}

pid_t
fork(void)
{
	pid_t (*real)(void);

	if (fails(CALL_START))
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	return real();
}
