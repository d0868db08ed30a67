/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tap.h - TAP for unit tests, each a program of its own.
 *
 *     ok(1 + 1 == 2, "%d and %d make two", 1, 1);
 *     return tap_end();
 */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"

static int tap_count, tap_failed;

/* ok(good, fmt, ...): one test, with its text.  Returns good. */
static inline bool __attribute__((format(printf, 2, 3)))
ok(bool good, const char *fmt, ...)
{
	va_list ap;

	tap_failed += !good;
	printf("%sok %d - ", good ? "" : "not ", ++tap_count);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	return good;
}

/*
 * faulty(result, f, status, text): one test, whether a function returned -1
 * with exactly this fault.
 */
static inline bool
faulty(int result, const struct fault *f, int status, const char *text)
{
	bool good = result == -1 && f->status == status &&
	    strcmp(f->text, text) == 0;

	ok(good, "%s", text);
	if (!good)
		printf("# result %d, status %d, text %s\n", result,
		    result == -1 ? f->status : 0, result == -1 ? f->text :
		    "none");
	return good;
}

/* tap_end(): ends main; what it returns is main's. */
static inline int
tap_end(void)
{
	printf("1..%d\n", tap_count);
	return fflush(stdout) == EOF || tap_failed > 0;
}

#endif
