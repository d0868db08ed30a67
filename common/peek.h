/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peek.h - the first bytes of an input that is then read from its start.
 */
#ifndef PEEK_H
#define PEEK_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "upstream.h"

#define PEEK_SIZE	64u

struct peek {
	uint8_t  bytes[PEEK_SIZE];
	size_t   size;		/* less where the input ended */
	struct upstream up;	/* hands on what cannot be read again */
};

/*
 * peek_open(p, fd, f): looks at what is on *fd, which is then to be read from
 * p's, if that is what *fd is afterwards: a process that hands on what comes
 * through a pipe.  Before threads.  0, or -1 with EXIT_SYSTEM.
 *
 * peek_end(p, result, f): after the last byte was read: as upstream_end.
 */
int peek_open(struct peek *p, int *fd, struct fault *f);
int peek_end(struct peek *p, int result, struct fault *f);

#endif
