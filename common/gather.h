/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gather.h - a stream as bytes, in runs of a size that the caller says: what
 * containers are filled with.  Its records are followed by their headers
 * alone, so that its end is known, and its checkpoints.
 */
#ifndef GATHER_H
#define GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "record.h"
#include "stream.h"

/* One thread at a time. */
struct gather {
	struct stream in;
	uint32_t refused;	/* a stream whose outermost layer is of this
				   type is refused */
	struct record piece;	/* the last one read, */
	uint8_t  header[RECORD_HEADER_SIZE];	/* with its header, if it is a
						   record, */
	size_t   header_size;
	size_t   taken;		/* and what of both was handed out */
	uint64_t checkpoints;	/* that have come */
	bool     layer_known;
	bool     checkpointed;	/* the piece ends with a checkpoint */
	bool     ended;		/* it is the outermost END */
	bool     broken;	/* fault is what is behind it */
	struct fault fault;
};

/* What a run of bytes is. */
struct gathered {
	size_t   size;
	bool     ends;		/* with the stream's outermost END */
	bool     checkpoint;	/* with a checkpoint */
	bool     rest;		/* it stands behind the stream's END */
};

/*
 * gather_open(g, fd, refused, f): a reader at the start of fd, which stays the
 * caller's.  g->in.pass_after_end may be set before the first run is taken.
 * 0, or -1 with EXIT_SYSTEM.
 */
int gather_open(struct gather *g, int fd, uint32_t refused, struct fault *f);
void gather_close(struct gather *g);

/*
 * gather_next(g, to, size, run, f): the next bytes of the stream, `size` of
 * them, or less in front of a checkpoint's end, the stream's and what stands
 * behind it.  1, 0 at the end of the input, or -1 as stream_next, and
 * EXIT_REFUSED for the layer.  Of a stream with checkpoints that is cut, all
 * whole records were handed out then; of others not what was less than a run.
 */
int gather_next(struct gather *g, uint8_t *to, size_t size,
    struct gathered *run, struct fault *f);

#endif
