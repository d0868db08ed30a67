/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "kind.h"
#include "stream_next.h"
#include "types.h"

#define FIRST_ROOM	((size_t)6 << 20) /* Xen's records fit at once */

static int next_body(struct stream *, struct record *, struct fault *);

int
stream_image(struct stream *s, struct record *rec, struct fault *f)
{
	stream_begin(s, rec, PART_IMAGE, IMAGE_HEADERS_SIZE);
	if (stream_due(s, rec, 0, IMAGE_HEADERS_SIZE, f) == -1 ||
	    kind_check_image(rec->body, &s->left, f) == -1)
		return -1;
	s->phase = IN_IMAGE;
	s->next = stream_record;
	return 1;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * Reads a body of rec->size bytes.  Its buffer grows as bytes arrive, twice as
 * large each time.
 */
static int
read_body(struct stream *s, struct record *rec, struct fault *f)
{
	size_t have = 0, room = FIRST_ROOM, step;

	do {
		if (have == room)
			room *= 2;
		if (record_reserve(rec, least(room, rec->size), f) == -1)
			return -1;
		step = least(rec->size, room) - have;
		if (s->arrived != NULL)
			step = least(step, STREAM_PIECE_SIZE);
		if (stream_due(s, rec, have, step, f) == -1)
			return -1;
		if (s->arrived != NULL)
			s->arrived(s->listener, rec, have, step);
		have += step;
	} while (have < rec->size);
	return 0;
}

/* What follows the libxc record that was just read whole.  1 or -1. */
static int
after_record(struct stream *s, const struct record *rec, struct fault *f)
{
	if (rec->type == REC_CHECKPOINT && s->nested) {
		s->phase = IN_CHECKPOINT;
		s->next = stream_libxl_record;
	} else if (rec->type == REC_CHECKPOINT || (!s->nested &&
	    contained_ends(&s->contained, rec->type))) {
		s->checkpoints++;
	} else if (rec->type == REC_END && s->nested) {
		s->phase = AFTER_IMAGE;
		s->next = stream_libxl_record;
	} else if (rec->type == REC_END) {
		return stream_finish(s, rec, f);
	}
	return 1;
}

int
stream_record(struct stream *s, struct record *rec, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	uint32_t limit;
	size_t got;

	stream_begin(s, rec, PART_RECORD, 0);
	if (source_read(&s->in, header, sizeof(header), &got, f) == -1)
		return -1;
	if (got < sizeof(header))
		return stream_cut(s, f);
	stream_header(s, rec, header);
	rec->index = s->index++;
	limit = type_is_our_number(rec->type) ? OUR_LENGTH_MAX :
	    RECORD_LENGTH_MAX;
	if (rec->length > limit)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", limit %" PRIu32, rec->length, limit);
	if (rec->type == REC_END && rec->length != 0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "END with a body of %" PRIu32 " bytes", rec->length);
	s->left = record_size(rec->length);
	/* A checkpointed stream that is cut ends with its last whole record. */
	if (!s->whole && s->checkpoints == 0 && s->left > STREAM_PIECE_SIZE) {
		s->next = next_body;
		if (stream_piece(s, rec, f) == -1)
			return -1;
		contained_look(&s->contained, rec);
		return 1;
	}
	rec->size = (size_t)s->left;
	if (read_body(s, rec, f) == -1)
		return -1;
	contained_look(&s->contained, rec);
	return after_record(s, rec, f);
}

static int
next_body(struct stream *s, struct record *rec, struct fault *f)
{
	size_t room = s->into != NULL ? s->room : STREAM_PIECE_SIZE;
	size_t limit = s->left < room ? (size_t)s->left : room;
	uint8_t *to;

	/* What one read brings goes on at once: the next stage has work. */
	stream_begin(s, rec, PART_BODY, 0);
	stream_continue(s, rec, s->index - 1);
	if (record_reserve(rec, STREAM_PIECE_SIZE, f) == -1)
		return -1;
	to = s->into != NULL ? s->into : rec->body;
	if ((s->through == NULL ?
	    source_some(&s->in, to, limit, &rec->size, f) :
	    source_tee(&s->in, s->through, to, limit, &rec->size, f)) == -1)
		return -1;
	rec->written = s->through != NULL;
	if (rec->size == 0)
		return stream_cut(s, f);
	s->left -= rec->size;
	if (s->left > 0)
		return 1;
	s->next = stream_record;
	return after_record(s, rec, f);
}
