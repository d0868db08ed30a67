/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * filter.h - stream in, codec, stream out: what the rec-* tools share.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "io.h"
#include "record.h"

/*
 * A codec: functions over a piece of the stream, each NULL where it has
 * nothing to do.  They see every piece, and change PART_RECORDs only.
 * A function returns 0, or -1 with *f set.
 */
struct codec {
	uint32_t layer;		/* type of the record that names its layer, or
				   0: any stream will do */
	bool     undo;		/* takes the layer off */
	bool     whole;		/* needs each record in one piece */
	bool     through;	/* changes nothing: PART_BODYs are written as
				   they are read.  Works on one thread. */

	/* Whether the piece behind this one stays with it: the same thread
	 * has both, one after the other in each function.  NULL: no. */
	bool (*pairs)(const struct record *rec);

	/* In stream order, one at a time: with whole, bytes of a record as
	 * they arrive (stream.h).  Cannot fail. */
	void (*arrived)(void *worker, const struct record *rec, size_t from,
	    size_t size);
	/* In stream order, one at a time: as the piece was read. */
	int (*first)(void *worker, struct record *rec, struct fault *f);
	/* In parallel; uses only the worker's own. */
	int (*work)(void *worker, struct record *rec, struct fault *f);
	/* In stream order, one at a time. */
	int (*join)(void *worker, struct record *rec, struct fault *f);
	/* In parallel, when the pieces before it were joined; goes with
	 * join. */
	int (*finish)(void *worker, struct record *rec, struct fault *f);
	/* In stream order, one at a time: writes the piece, and what else
	 * comes then.  NULL: the piece as it is. */
	int (*write)(void *worker, struct record *rec, struct sink *out,
	    struct fault *f);

	void **worker;		/* one per thread; each function gets that of
				   the thread that has the piece */
	void  *state;		/* what they get if worker is NULL */
};

struct filter {
	int      in, out;	/* descriptors; out -1: write nothing */
	int      peer;		/* a socket as in io.h; 0: none */
	unsigned threads;	/* 1 to THREADS_MAX */
	bool     pass_after_end;
	const struct codec *codec;
	uint64_t read, written;	/* bytes, set by filter_run */
};

/*
 * filter_run(filter, f): every piece of the stream through the codec and
 * out.  Output and fault do not depend on threads.  END is written when
 * everything before it was, and (but for pass_after_end) the end of the
 * input was seen.  Closes out and believes what close reports.
 *
 * A codec with a layer refuses, with EXIT_REFUSED, a stream whose outermost
 * layer is already its own or, with undo, is another; a stream of END alone
 * has no layer and nothing to undo.
 *
 * 0, or -1 with *f set as stream_next, the codec or the writing say.  Then
 * the process has to exit soon, and the codec's workers and state have to live
 * until it does (pmap.h).  END was not written, unless it is the close
 * of out that failed or, with pass_after_end, what came behind END.
 */
int filter_run(struct filter *filter, struct fault *f);

#endif
