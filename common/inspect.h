/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect.h - a stream read from its start to its end, with its layers
 * opened, and nothing written: the loop of rec-ls.
 */
#ifndef INSPECT_H
#define INSPECT_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "layers.h"
#include "record.h"

struct inspect {
	unsigned threads;
	bool     measure;	/* pages are looked at (survey_measure) */
	bool     entropy;	/* their entropy too */

	/* Each piece, in order.  0, or -1 with *f set. */
	int    (*piece)(void *state, struct record *rec, struct fault *f);
	void    *state;

	struct layers layers;	/* of the stream; set on the way */
};

/*
 * inspect_run(i, in, f): 0, and of check data i->layers.flaw, or -1 with *f
 * set as stream_next, layers_open, survey_measure or i->piece say, after the
 * pieces before it were handed over; then the process has to exit soon, and *i
 * to live until it does: other threads may still be at work with it (filter.h).
 */
int inspect_run(struct inspect *i, int in, struct fault *f);

#endif
