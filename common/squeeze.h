/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * squeeze.h - bytes to a zstd frame (RFC 8878) and back, in one piece.
 */
#ifndef SQUEEZE_H
#define SQUEEZE_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define LEVEL_MIN	(-131072)	/* zstd's own bounds */
#define LEVEL_MAX	19

struct squeeze;		/* zstd's state; one per thread */

/*
 * squeeze_new(level): to make frames of that level, LEVEL_MIN to LEVEL_MAX;
 * negative levels are zstd's --fast.  0: to undo frames only.  NULL without
 * memory.
 */
struct squeeze *squeeze_new(int level);
void squeeze_free(struct squeeze *z);

/*
 * squeeze(z, to, from, size): a frame of `size` bytes, where that is less
 * than they are, otherwise a copy of them.  `to` has room for size bytes.
 * *length: the bytes written; size means a copy.  Equal bytes give equal ones.
 * 0, or -1 with EXIT_SYSTEM without memory.
 */
int squeeze(struct squeeze *z, uint8_t *to, const uint8_t *from, size_t size,
    size_t *length, struct fault *f);

/* squeeze_announced(from, length, size): whether it starts like a frame, one
 * that says that it holds size bytes. */
int squeeze_announced(const uint8_t *from, size_t length, size_t size);

/*
 * squeeze_undo(z, to, size, from, length): what one frame holds, which has to
 * be, and to say that it is, size bytes.  0, or -1 when it is not.
 */
int squeeze_undo(struct squeeze *z, uint8_t *to, size_t size,
    const uint8_t *from, size_t length);

#endif
