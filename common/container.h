/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * container.h - what all containers have in common (xenrec.5): their headers,
 * and a stream of any kind as chunks in order.
 */
#ifndef CONTAINER_H
#define CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "io.h"
#include "record.h"

/* The image header and domain header of every container. */
extern const uint8_t container_image[IMAGE_HEADERS_SIZE];

/* container_begin(out, header, f): these, and the record that names the
 * layer.  0, or -1 as sink_write. */
int container_begin(struct sink *out, const struct record *header,
    struct fault *f);

/* One chunk of the payload. */
struct chunk {
	uint64_t number;
	bool     last;		/* no chunk comes behind it */
	bool     ends;		/* the payload ends with it */
	bool     checkpoint;	/* it ends with a checkpoint */
	uint32_t used;		/* bytes of payload */
};

/* A kind of container, being filled. */
struct container {
	int      in;		/* the stream's descriptor */
	unsigned threads;	/* 1 to THREADS_MAX */
	bool     pass_after_end;
	uint32_t layer;		/* a stream whose outermost layer is of this
				   type is refused; REC_END: none is */
	size_t   payload;	/* bytes of a chunk's, at most */
	size_t   front, back;	/* and of a record's body around it */

	/*
	 * Each returns 0, or -1 with *f set.
	 * make, in parallel, one worker per thread: *rec is the chunk's
	 * record, whose body has its payload behind `front`.
	 * write, in stream order: it goes out.
	 * pass, in order, behind the last chunk: bytes behind the stream's
	 * END; NULL without pass_after_end.
	 */
	void   **worker;
	int    (*make)(void *worker, const struct chunk *c,
	    struct record *rec, struct fault *f);
	void    *ctx;
	int    (*write)(void *ctx, const struct chunk *c,
	    const struct record *rec, struct fault *f);
	int    (*pass)(void *ctx, const uint8_t *bytes, size_t size,
	    struct fault *f);

	/* Chunks that come behind those of the payload, whose count is given,
	 * and have none; NULL: none. */
	uint64_t (*padding)(uint64_t count);

	uint64_t chunks, bytes;	/* chunks; bytes of payload: set by
				   container_fill */
};

/*
 * container_fill(c, f): the stream on c->in as chunks.  Each has c->payload
 * bytes, but for one at a checkpoint and the one that ends the payload, which
 * comes when the stream's END was read and (but for pass_after_end) the end of
 * the input.
 * 0, or -1 with *f set as gather_next and the functions say, or EXIT_SYSTEM:
 * then what was read before was written, and the process has to exit soon
 * (pmap.h).
 */
int container_fill(struct container *c, struct fault *f);

#endif
