/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * guard.h - a process that holds secrets.
 */
#ifndef GUARD_H
#define GUARD_H

#include "fault.h"

/*
 * guard_secrets(f): from now on this process leaves no core, nobody but root
 * can look into it, and, run by root, nothing of its memory goes to swap;
 * libsodium is ready.  Before the first secret is read.
 * 0, or -1 with EXIT_SYSTEM.
 */
int guard_secrets(struct fault *f);

#endif
