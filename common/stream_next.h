/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream_next.h - what the stream*.c files share, and nobody else uses.
 */
#ifndef STREAM_NEXT_H
#define STREAM_NEXT_H

#include "stream.h"

#define STREAM_PIECE_SIZE	((size_t)256 << 10)

/*
 * The states of the reader that more than one file enters.  Each reads one
 * piece into *rec, as stream_next, and sets s->next.
 */
int stream_libxl_header(struct stream *s, struct record *rec,
    struct fault *f);
int stream_libxl_record(struct stream *s, struct record *rec,
    struct fault *f);
int stream_image(struct stream *s, struct record *rec, struct fault *f);
int stream_record(struct stream *s, struct record *rec, struct fault *f);

/* stream_begin(s, rec, part, size): *rec is a piece that starts here. */
void stream_begin(const struct stream *s, struct record *rec, enum part part,
    size_t size);

/* stream_header(s, rec, header): notes the header of the record that starts
 * with *rec. */
void stream_header(struct stream *s, struct record *rec,
    const uint8_t *header);

/* stream_continue(s, rec, index): *rec, just begun, is more of the current
 * record, which has that index. */
void stream_continue(const struct stream *s, struct record *rec,
    uint64_t index);

/*
 * stream_due(s, rec, have, size, f): reads size bytes, which have to be
 * there, behind the first `have` of rec->body.  0 or -1.
 */
int stream_due(struct stream *s, struct record *rec, size_t have,
    size_t size, struct fault *f);

/* stream_piece(s, rec, f): the next piece of the s->left bytes that remain
 * of something.  0 or -1. */
int stream_piece(struct stream *s, struct record *rec, struct fault *f);

/* stream_cut(s, f): the input ended where it must not.  -1. */
int stream_cut(struct stream *s, struct fault *f);

/*
 * stream_finish(s, rec, f): *rec is the outermost END: the input has to end
 * too, or, with pass_after_end, the rest is handed on.  1 or -1.
 */
int stream_finish(struct stream *s, const struct record *rec,
    struct fault *f);

#endif
