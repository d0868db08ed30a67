/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * starve.h - memory that runs out, for a unit test and what it is linked to.
 *
 *     for (n = 1; starve(n), result = f(&fault), starved(); n++)
 *	       ok(result == -1 && fault.status == EXIT_SYSTEM, "no %ldth", n);
 */
#ifndef STARVE_H
#define STARVE_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static long starve_at;
static bool starve_struck;

static inline bool
starve_strikes(void)
{
	if (starve_at == 0 || --starve_at > 0)
		return false;
	starve_struck = true;
	errno = ENOMEM;
	return true;
}

/* starve(n): of the allocations from now on the nth fails. */
static inline void
starve(long n)
{
	starve_at = n;
	starve_struck = false;
}

/* starved(): whether it came to that; from now on none fails. */
static inline bool
starved(void)
{
	starve_at = 0;
	return starve_struck;
}

/* A sanitizer has functions of its own: none of theirs fails. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STARVES	false
#else
#define STARVES	true

/* The C library's own, by names that C reserves. */
void *libc_malloc(size_t size) __asm__("__libc_malloc");
void *libc_calloc(size_t count, size_t size) __asm__("__libc_calloc");
void *libc_realloc(void *old, size_t size) __asm__("__libc_realloc");

void *
malloc(size_t size)
{
	return starve_strikes() ? NULL : libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return starve_strikes() ? NULL : libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return starve_strikes() ? NULL : libc_realloc(old, size);
}

/* json-c takes for granted that this does not fail. */
char *
strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = libc_malloc(size);

	return copy == NULL ? NULL : memcpy(copy, text, size);
}
#endif

/* starves(): whether memory can run out: valgrind, too, puts functions of its
 * own into a program. */
static inline bool
starves(void)
{
	const char *by = getenv("SANITIZED");

	return STARVES && (by == NULL || strcmp(by, "valgrind") != 0);
}

#endif
