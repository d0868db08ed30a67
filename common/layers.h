/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layers.h - a stream as its reader wants it: with its layers opened.  For
 * tools that read a stream and write none.
 *
 *     layers_arrived, layers_first, layers_open, layers_join, layers_finish
 *
 * are a codec's functions (filter.h) up to finish, for codecs that want whole
 * records, with a struct layer as the worker.  layers_take, for its write,
 * verifies check data and takes it out; layers_look leaves it in the stream.
 */
#ifndef LAYERS_H
#define LAYERS_H

#include <stdbool.h>
#include <stdint.h>

#include "checked.h"
#include "expand.h"
#include "fault.h"
#include "record.h"

/* What the threads share.  Starts zeroed. */
struct layers {
	bool     started;	/* a record of the image was seen */
	bool     compressed;
	struct checked outer, inner;	/* check data of the packed stream, and
				   of the one inside */
	bool     flawed;	/* layers_look found what flaw says */
	struct fault flaw;
	uint32_t memory;	/* pages of the largest window that is taken;
				   0: EXPAND_MEMORY */
	struct expander *expander;
};

/* One thread's. */
struct layer {
	struct layers *layers;
	bool compressed;	/* as the stream was when its piece was read */
	struct checking checking;	/* of its piece, packed */
	struct expand *expand;
	void *owner;		/* the caller's, for its own functions */
};

/*
 * layers_new(l, threads, owner, f): what `threads` threads need to open
 * layers: an array of workers.  NULL with EXIT_SYSTEM.
 */
void **layers_new(struct layers *l, unsigned threads, void *owner,
    struct fault *f);
void layers_free(struct layers *l, void **worker, unsigned threads);

/*
 * Each: 0, or -1 as its like in expand.h; layers_first also with
 * EXIT_MALFORMED when one record is compressed and another is not.
 */
int layers_first(void *worker, struct record *rec, struct fault *f);
int layers_open(void *worker, struct record *rec, struct fault *f);
int layers_join(void *worker, struct record *rec, struct fault *f);
int layers_finish(void *worker, struct record *rec, struct fault *f);

void layers_arrived(void *worker, const struct record *rec, size_t from,
    size_t size);

/*
 * layers_take(layer, rec, next, taker, f): in stream order, the piece to
 * `next` without check data, as checked_take.
 */
int layers_take(struct layer *layer, struct record *rec, checked_next *next,
    void *taker, struct fault *f);

/*
 * layers_look(layer, rec): in stream order, verifies the piece.  What is the
 * first that is damaged, layers->flaw says.
 */
void layers_look(struct layer *layer, const struct record *rec);

/*
 * layers_refuse(rec, f): EXIT_REFUSED for a record of a layer that
 * layers_open does not open, 0 for others.
 */
int layers_refuse(const struct record *rec, struct fault *f);

#endif
