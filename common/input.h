/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input.h - what is to be read: a stream, or a stored or sealed one as it was.
 */
#ifndef INPUT_H
#define INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "keyring.h"
#include "stored.h"
#include "upstream.h"

/* Starts zeroed but for keys and threads. */
struct input {
	struct keyring *keys;	/* it is sealed, and these open it; or NULL */
	unsigned threads;	/* to open it */

	int   fd;		/* the stream; input_stream sets it */
	bool  is_stored;
	struct stored stored;
	struct upstream up;	/* makes a stream of what is none */
};

/*
 * input_open(i, path, f): the file at path, or stdin for NULL.  -1 with
 * EXIT_SYSTEM, or, of a stored image, as stored_open says.  From here on the
 * process is in a sandbox in which it can fork, but with keys before
 * input_stream.
 */
int input_open(struct input *i, const char *path, struct fault *f);

/*
 * input_stream(i, f): i->fd is a stream to be read from its start.  A stored
 * image, and what is sealed, gets a process that writes it; so this comes
 * before threads.
 * -1 with EXIT_SYSTEM.
 */
int input_stream(struct input *i, struct fault *f);

/*
 * input_end(i, result, f): what became of it: result and *f are what the
 * reader of i->fd came to.  0, or -1 with *f the reader's, or that of what
 * made the stream when it was the reason.
 */
int input_end(struct input *i, int result, struct fault *f);

#endif
