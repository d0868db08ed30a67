/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nowait.h - bytes in and out for a process that waits for many at once, with
 * poll(2), and for none of them elsewhere.
 */
#ifndef NOWAIT_H
#define NOWAIT_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

/* nowait_set(fd): reading and writing it wait no more; for descriptors that no
 * other process shares. */
void nowait_set(int fd);

/*
 * nowait_read(fd, buf, size, got, ended, f): what is there, up to size bytes, at
 * least 1.  *got is 0 when there is nothing yet, and when the input *ended.
 * nowait_write(fd, buf, size, put, f): what there is room for: *put bytes, which
 * may be 0.
 * 0, or -1 with EXIT_SYSTEM.
 */
int nowait_read(int fd, void *buf, size_t size, size_t *got, bool *ended,
    struct fault *f);
int nowait_write(int fd, const void *buf, size_t size, size_t *put,
    struct fault *f);

#endif
