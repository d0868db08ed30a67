/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream.h - a stream taken apart into its pieces, and pieces written back.
 *
 *   xl header .. LibxlFmt .. LIBXC_CONTEXT | headers | record record END | ..
 *   ENVELOPE     LIBXL       LIBXL         | IMAGE   | RECORD            | LIBXL
 *
 * The reader finds out which of the kinds of stream in format.h it has.  The
 * pieces, written one after the other, are the input bit for bit.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "contained.h"
#include "io.h"
#include "record.h"

struct stream {
	struct source in;
	bool     pass_after_end;	/* hand on what follows END */
	bool     whole;			/* records come in one piece */
	bool     nested;		/* the image stands in a libxl stream */
	bool     cut;			/* the input ended without END */
	enum { BEFORE_IMAGE, IN_IMAGE, IN_CHECKPOINT, AFTER_IMAGE } phase;
	uint64_t left;			/* bytes of the current envelope or
					   body still to come */
	uint64_t index, libxl_index;	/* of the next record */
	uint32_t type, length;		/* of the current record */
	uint64_t start;			/* its offset */
	uint64_t checkpoints;		/* complete ones, in a container too */
	struct contained contained;
	int    (*next)(struct stream *, struct record *, struct fault *);

	/* Without whole, and not NULL: PART_BODYs are written there as they
	 * are read, and say so. */
	struct sink *through;

	/* Without whole, and not NULL: PART_BODYs are read to there, at most
	 * `room` bytes at a time, and not to the record's body. */
	uint8_t *into;
	size_t   room;

	/* Not NULL: asked when the input ends behind END; -1 with *f when that
	 * is not its end. */
	int    (*ended)(const void *asked, struct fault *f);
	const void *asked;

	/* With whole, and not NULL: told of each piece of a libxc record's
	 * body and padding as it arrives, while it is in the processor's
	 * cache: `size` bytes at rec->body + from.  Once for an empty one. */
	void   (*arrived)(void *listener, const struct record *rec,
	    size_t from, size_t size);
	void    *listener;
};

/*
 * stream_open(s, fd, f): a reader at the start of fd, which stays the
 * caller's.  pass_after_end and whole may be set before the first piece is
 * read.  0, or -1 with EXIT_SYSTEM.
 */
int stream_open(struct stream *s, int fd, struct fault *f);

/* stream_close(s): frees what the reader holds. */
void stream_close(struct stream *s);

/*
 * stream_next(s, rec, f): reads the next piece into *rec, whose body is used
 * again.  With whole, a libxc record comes as one piece; otherwise one of more
 * than 256 KiB comes as its first 256 KiB and then PART_BODYs: so the bytes
 * stay in the processor's cache.  (Not after a CHECKPOINT: there a cut stream
 * ends with its last whole record.)  No other piece is larger, and none spans
 * two parts.
 *
 * Returns 1 for a piece and 0 after the last.  The outermost END is only
 * returned once the end of the input was seen behind it; with
 * pass_after_end it is returned at once, and then PART_REST.
 *
 * -1: EXIT_SYSTEM (reading, memory); EXIT_MALFORMED (no kind of stream, cut
 * short, record too long, bytes after END; in a checkpointed stream, which
 * ends without END, the text says how many checkpoints are complete);
 * EXIT_REFUSED (big-endian, legacy or unknown version).  A body is read as
 * it arrives: a length that lies costs no memory.
 */
int stream_next(struct stream *s, struct record *rec, struct fault *f);

/* stream_ends(s, rec): whether the piece, the last one that was read, is the
 * outermost END. */
bool stream_ends(const struct stream *s, const struct record *rec);

/*
 * stream_more(s, f): with pass_after_end, behind END: 1 when more bytes come,
 * which stream_next then reads as another stream, or 0 at the end of the input;
 * -1 with EXIT_SYSTEM.
 */
int stream_more(struct stream *s, struct fault *f);

/*
 * stream_write(out, rec, f): writes the piece as it stood in its stream; a
 * record with its header and padding, PART_NONE and what is written already
 * not at all.
 * 0, or -1 with EXIT_SYSTEM.
 */
int stream_write(struct sink *out, const struct record *rec,
    struct fault *f);

#endif
