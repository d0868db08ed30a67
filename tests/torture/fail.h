/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail.h - what the files of the library share that is preloaded to a filter
 * behind serve.c: calls that fail, move less than was asked for, or are
 * interrupted, as the plan says.  They count in memory alone, and do nothing
 * else that the filter would not do.
 */
#ifndef FAIL_H
#define FAIL_H

#include <stdbool.h>

#include "plan.h"

/*
 * is_spared(caller): whether a call comes from libseccomp, by the address that
 * it returns to.  Version 2.5.4 goes on for ever when it gets no memory, and
 * takes what it wrote in part for written.
 */
bool is_spared(const void *caller);

/* fails_from(call, caller): whether this call is one that fails; errno says
 * how. */
bool fails_from(enum call call, const void *caller);

/* fails(call): the same of the function that it is used in. */
static inline __attribute__((always_inline)) bool
fails(enum call call)
{
	return fails_from(call, __builtin_return_address(0));
}

#endif
