/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input.h - what is to be read: a stream, or a stored image as one.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "fault.h"
#include "format.h"
#include "stored.h"

struct input {
	int   fd;		/* the stream; input_stream sets it */
	bool  is_stored;
	struct stored stored;
	pid_t child;		/* makes a stream of a stored image, or 0 */
	struct fault *late;	/* how that failed, shared with it */
};

/*
 * input_open(i, path, f): the file at path, or stdin for NULL.  -1 with
 * EXIT_SYSTEM, or, of a stored image, as stored_open says.
 */
int input_open(struct input *i, const char *path, struct fault *f);

/*
 * input_stream(i, f): i->fd is a stream to be read from its start.  A stored
 * image gets a process that writes it; so this comes before threads.
 * -1 with EXIT_SYSTEM.
 */
int input_stream(struct input *i, struct fault *f);

/*
 * input_end(i, result, f): what became of it: result and *f are what the
 * reader of i->fd came to.  0, or -1 with *f the reader's, or that of the
 * stored image when that was the reason.
 */
int input_end(struct input *i, int result, struct fault *f);

#endif
