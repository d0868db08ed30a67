/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layers.h - a stream as its reader wants it: with its layers opened.  For
 * tools that read a stream and write none.
 */
#ifndef LAYERS_H
#define LAYERS_H

#include <stdbool.h>

#include "fault.h"
#include "record.h"

struct layers {
	bool started;		/* a record of the image was seen */
	bool compressed;
};

/*
 * layers_see(l, rec, f): each piece as it is in the stream, in order: a
 * codec's first.  Starts from a zeroed struct layers.
 * -1 with EXIT_MALFORMED when one record is compressed and another is not.
 */
int layers_see(struct layers *l, const struct record *rec, struct fault *f);

/*
 * layers_new(): what a thread needs to open layers, or NULL without memory.
 * layers_open(worker, rec, f): takes the layer off a piece: a codec's work,
 * for codecs that want whole records.  Fails as expand_record (compress.h).
 */
void *layers_new(void);
void layers_free(void *worker);
int layers_open(void *worker, struct record *rec, struct fault *f);

/*
 * layers_refuse(rec, f): EXIT_REFUSED for a record of a layer that
 * layers_open does not open, 0 for others.
 */
int layers_refuse(const struct record *rec, struct fault *f);

#endif
