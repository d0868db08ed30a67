/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leave.h - descriptors that a process of foreign bytes was given by accident.
 */
#ifndef LEAVE_H
#define LEAVE_H

#include <stddef.h>

/*
 * leave_all(but, count): closes all descriptors but 0, 1, 2 and these, of
 * which each is more than 2, or not there.  Nothing happens where the kernel
 * cannot do it, before Linux 5.9.
 */
void leave_all(const int *but, size_t count);

#endif
