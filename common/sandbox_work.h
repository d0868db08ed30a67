/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sandbox_work.h - what the files of sandbox share.
 */
#ifndef SANDBOX_WORK_H
#define SANDBOX_WORK_H

#include "sandbox.h"

/*
 * sandbox_calls(s): the system calls of *s are left, by seccomp.
 * sandbox_land(s, abi): the files, by Landlock, whose version is *abi then.
 * 0, or the errno by which the kernel refused it.
 */
int sandbox_calls(const struct sandbox *s);
int sandbox_land(const struct sandbox *s, int *abi);

#endif
