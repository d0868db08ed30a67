/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail-memory.c - allocations.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

/* The C library's own, by names that C reserves. */
void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *libc_calloc(size_t count, size_t size) __asm__("__libc_calloc");
void *libc_realloc(void *old, size_t size) __asm__("__libc_realloc");
void *libc_memalign(size_t alignment, size_t size) __asm__("__libc_memalign");

void *
malloc(size_t size)
{
	return fails(CALL_MEMORY) ? NULL : libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : libc_realloc(old, size);
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, all);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : libc_memalign(alignment, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
	void *got = aligned_alloc(alignment, size);

	if (got == NULL)
		return ENOMEM;
	*out = got;
	return 0;
}

void *
mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (fails(CALL_MEMORY))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd,
	    offset);
}
