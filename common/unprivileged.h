/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unprivileged.h - a process of root's that is root's no more.
 */
#ifndef UNPRIVILEGED_H
#define UNPRIVILEGED_H

#include <stdbool.h>

#include "fault.h"

#define UNPRIVILEGED_ID	65534u	/* the user and the group: nobody's */

/*
 * unprivileged(guarded, f): run by root, the process has the user and the group
 * of that number from now on, no other group, and no capability; in a user
 * namespace without that number it keeps its own, without capabilities.  With
 * guarded it holds secrets (guard.h), and its memory stays locked.  Nothing to
 * do for another user's process.
 * 0, or -1 with EXIT_SYSTEM.
 */
int unprivileged(bool guarded, struct fault *f);

#endif
