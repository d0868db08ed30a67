/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "format.h"
#include "kind.h"
#include "stream_next.h"

static int next_libxl_body(struct stream *, struct record *, struct fault *);

int
stream_libxl_header(struct stream *s, struct record *rec, struct fault *f)
{
	stream_begin(s, rec, PART_LIBXL, LIBXL_HEADER_SIZE);
	if (stream_due(s, rec, 0, LIBXL_HEADER_SIZE, f) == -1 ||
	    kind_check_libxl(rec->body, &s->left, f) == -1)
		return -1;
	s->next = stream_libxl_record;
	return 1;
}

/* What follows the libxl record that was just read whole. */
static void
after_libxl_record(struct stream *s)
{
	s->next = stream_libxl_record;
	if (s->type == LIBXL_LIBXC_CONTEXT)
		s->next = stream_image;
	if (s->type == LIBXL_CHECKPOINT_END) {
		s->checkpoints++;
		s->phase = IN_IMAGE;
		s->next = stream_record;
	}
}

/* Whether a record of the type of *rec may stand here, at libxl's level. */
static int
check_libxl_record(const struct stream *s, const struct record *rec,
    struct fault *f)
{
	if (rec->type == LIBXL_LIBXC_CONTEXT && s->phase != BEFORE_IMAGE)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "a second image in the stream");
	if (rec->type == LIBXL_CHECKPOINT_END && s->phase != IN_CHECKPOINT)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "no CHECKPOINT stands before it");
	if (rec->type == LIBXL_END && s->phase != AFTER_IMAGE)
		return record_fault(f, EXIT_MALFORMED, rec,
		    s->phase == BEFORE_IMAGE ? "no image in the stream" :
		    "END inside a checkpoint");
	if (rec->type == LIBXL_END && rec->length != 0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "END with a body of %" PRIu32 " bytes", rec->length);
	return 0;
}

int
stream_libxl_record(struct stream *s, struct record *rec, struct fault *f)
{
	stream_begin(s, rec, PART_LIBXL, RECORD_HEADER_SIZE);
	if (stream_due(s, rec, 0, RECORD_HEADER_SIZE, f) == -1)
		return -1;
	stream_header(s, rec, rec->body);
	rec->index = s->libxl_index++;
	if (check_libxl_record(s, rec, f) == -1)
		return -1;
	if (rec->type == LIBXL_END)
		return stream_finish(s, rec, f);
	s->left = record_size(rec->length);
	if (s->left > 0)
		s->next = next_libxl_body;
	else
		after_libxl_record(s);
	return 1;
}

static int
next_libxl_body(struct stream *s, struct record *rec, struct fault *f)
{
	stream_begin(s, rec, PART_LIBXL_BODY, 0);
	stream_continue(s, rec, s->libxl_index - 1);
	if (stream_piece(s, rec, f) == -1)
		return -1;
	if (s->left == 0)
		after_libxl_record(s);
	return 1;
}
