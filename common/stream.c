/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader is a state machine: s->next is the function that reads the
 * piece that comes next, and each such function sets it again.
 *
 *   next_start -> next_envelope -> next_libxl_header -> next_libxl_record
 *        |                              next_libxl_body <-^ |
 *        +------------------------> next_image <------------+
 *                                      -> next_record ... next_rest
 */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "kind.h"
#include "stream.h"
#include "types.h"

#define PIECE_SIZE	((size_t)256 << 10)
#define FIRST_ROOM	((size_t)6 << 20) /* Xen's records fit at once */

static int next_envelope(struct stream *, struct record *, struct fault *);
static int next_libxl_header(struct stream *, struct record *,
    struct fault *);
static int next_libxl_record(struct stream *, struct record *,
    struct fault *);
static int next_libxl_body(struct stream *, struct record *, struct fault *);
static int next_image(struct stream *, struct record *, struct fault *);
static int next_record(struct stream *, struct record *, struct fault *);
static int next_body(struct stream *, struct record *, struct fault *);
static int next_rest(struct stream *, struct record *, struct fault *);
static int next_nothing(struct stream *, struct record *, struct fault *);

static int
cut_short(const struct stream *s, struct fault *f)
{
	if (s->checkpoints > 0)
		return fault_set(f, EXIT_MALFORMED, "ends at byte %" PRIu64
		    " without END, after %" PRIu64 " complete checkpoints",
		    s->in.offset, s->checkpoints);
	if (s->in.offset == 0)
		return fault_set(f, EXIT_MALFORMED, "empty input");
	return fault_set(f, EXIT_MALFORMED,
	    "cut short at byte %" PRIu64 ", without END", s->in.offset);
}

/* Reads size bytes behind the first `have` of rec->body.  0 or -1. */
static int
read_due(struct stream *s, struct record *rec, size_t have, size_t size,
    struct fault *f)
{
	size_t got;

	if (record_reserve(rec, have + size, f) == -1 ||
	    source_read(&s->in, rec->body + have, size, &got, f) == -1)
		return -1;
	return got < size ? cut_short(s, f) : 0;
}

/* Makes *rec a piece of size bytes that starts where the source is. */
static void
begin(const struct stream *s, struct record *rec, enum part part,
    size_t size)
{
	rec->part = part;
	rec->type = rec->length = 0;
	rec->size = size;
	rec->index = 0;
	rec->offset = s->in.offset;
}

/* Reads the next piece of what s->left bytes remain of.  0 or -1. */
static int
read_piece(struct stream *s, struct record *rec, struct fault *f)
{
	rec->size = s->left < PIECE_SIZE ? (size_t)s->left : PIECE_SIZE;
	s->left -= rec->size;
	return read_due(s, rec, 0, rec->size, f);
}

static int
next_start(struct stream *s, struct record *rec, struct fault *f)
{
	struct kind kind;
	size_t got;

	begin(s, rec, PART_ENVELOPE, KIND_PROBE_SIZE);
	if (record_reserve(rec, KIND_HEADER_MAX, f) == -1 ||
	    source_read(&s->in, rec->body, KIND_PROBE_SIZE, &got, f) == -1)
		return -1;
	if (got == 0)
		return cut_short(s, f);
	if (kind_probe(rec->body, got, &kind, f) == -1)
		return -1;
	if (got < KIND_PROBE_SIZE || read_due(s, rec, KIND_PROBE_SIZE,
	    kind.header_size - KIND_PROBE_SIZE, f) == -1)
		return got < KIND_PROBE_SIZE ? cut_short(s, f) : -1;
	if (kind.check(rec->body, &s->left, f) == -1)
		return -1;

	rec->part = kind.part;
	rec->size = kind.header_size;
	s->nested = kind.part != PART_IMAGE;
	s->phase = s->nested ? BEFORE_IMAGE : IN_IMAGE;
	s->next = kind.part == PART_IMAGE ? next_record :
	    kind.part == PART_LIBXL ? next_libxl_record : next_envelope;
	return 1;
}

static int
next_envelope(struct stream *s, struct record *rec, struct fault *f)
{
	if (s->left == 0)
		return next_libxl_header(s, rec, f);
	begin(s, rec, PART_ENVELOPE, 0);
	return read_piece(s, rec, f) == -1 ? -1 : 1;
}

static int
next_libxl_header(struct stream *s, struct record *rec, struct fault *f)
{
	begin(s, rec, PART_LIBXL, LIBXL_HEADER_SIZE);
	if (read_due(s, rec, 0, LIBXL_HEADER_SIZE, f) == -1 ||
	    kind_check_libxl(rec->body, &s->left, f) == -1)
		return -1;
	s->next = next_libxl_record;
	return 1;
}

/* What follows the libxl record that was just read whole. */
static void
after_libxl_record(struct stream *s)
{
	s->next = next_libxl_record;
	if (s->type == LIBXL_LIBXC_CONTEXT)
		s->next = next_image;
	if (s->type == LIBXL_CHECKPOINT_END) {
		s->checkpoints++;
		s->phase = IN_IMAGE;
		s->next = next_record;
	}
}

/* Notes the header at `header` of the record that *rec starts. */
static void
take_header(struct stream *s, struct record *rec, const uint8_t *header)
{
	rec->type = s->type = get_le32(header);
	rec->length = s->length = get_le32(header + 4);
	s->start = rec->offset;
}

/* Makes *rec, just begun, more of the current record, number `index`. */
static void
continue_record(const struct stream *s, struct record *rec, uint64_t index)
{
	rec->type = s->type;
	rec->length = s->length;
	rec->index = index;
	rec->offset = s->start;
}

/* The end of the input after the outermost END.  1 or -1. */
static int
finish(struct stream *s, const struct record *rec, struct fault *f)
{
	uint8_t byte;
	size_t got;

	if (s->pass_after_end) {
		s->next = next_rest;
		return 1;
	}
	s->next = next_nothing;
	if (source_some(&s->in, &byte, 1, &got, f) == -1)
		return -1;
	if (got == 0)
		return 1;
	record_fault(f, EXIT_MALFORMED, rec, "bytes follow END, from byte %"
	    PRIu64 " on", s->in.offset - 1);
	return fault_hint(f, "inside xl migrate use --pass-after-end");
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

static int
next_libxl_record(struct stream *s, struct record *rec, struct fault *f)
{
	begin(s, rec, PART_LIBXL, RECORD_HEADER_SIZE);
	if (read_due(s, rec, 0, RECORD_HEADER_SIZE, f) == -1)
		return -1;
	take_header(s, rec, rec->body);
	rec->index = s->libxl_index++;
	if (check_libxl_record(s, rec, f) == -1)
		return -1;
	if (rec->type == LIBXL_END)
		return finish(s, rec, f);
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
	begin(s, rec, PART_LIBXL, 0);
	continue_record(s, rec, s->libxl_index - 1);
	if (read_piece(s, rec, f) == -1)
		return -1;
	if (s->left == 0)
		after_libxl_record(s);
	return 1;
}

static int
next_image(struct stream *s, struct record *rec, struct fault *f)
{
	begin(s, rec, PART_IMAGE, IMAGE_HEADERS_SIZE);
	if (read_due(s, rec, 0, IMAGE_HEADERS_SIZE, f) == -1 ||
	    kind_check_image(rec->body, &s->left, f) == -1)
		return -1;
	s->phase = IN_IMAGE;
	s->next = next_record;
	return 1;
}

/*
 * Reads a body of size bytes.  Its buffer grows as bytes arrive, twice as
 * large each time.
 */
static int
read_body(struct stream *s, struct record *rec, size_t size, struct fault *f)
{
	size_t have = 0, step;

	while (have < size) {
		step = have < FIRST_ROOM ? FIRST_ROOM : have;
		if (step > size - have)
			step = size - have;
		if (read_due(s, rec, have, step, f) == -1)
			return -1;
		have += step;
	}
	return 0;
}

/* What follows the libxc record that was just read whole.  1 or -1. */
static int
after_record(struct stream *s, const struct record *rec, struct fault *f)
{
	if (rec->type == REC_CHECKPOINT && s->nested) {
		s->phase = IN_CHECKPOINT;
		s->next = next_libxl_record;
	} else if (rec->type == REC_CHECKPOINT) {
		s->checkpoints++;
	} else if (rec->type == REC_END && s->nested) {
		s->phase = AFTER_IMAGE;
		s->next = next_libxl_record;
	} else if (rec->type == REC_END) {
		return finish(s, rec, f);
	}
	return 1;
}

static int
next_record(struct stream *s, struct record *rec, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	uint32_t limit;
	size_t got;

	begin(s, rec, PART_RECORD, 0);
	if (source_read(&s->in, header, sizeof(header), &got, f) == -1)
		return -1;
	if (got < sizeof(header))
		return cut_short(s, f);
	take_header(s, rec, header);
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
	if (!s->whole && s->left > PIECE_SIZE) {
		s->next = next_body;
		return read_piece(s, rec, f) == -1 ? -1 : 1;
	}
	rec->size = (size_t)s->left;
	if (read_body(s, rec, rec->size, f) == -1)
		return -1;
	return after_record(s, rec, f);
}

static int
next_body(struct stream *s, struct record *rec, struct fault *f)
{
	begin(s, rec, PART_BODY, 0);
	continue_record(s, rec, s->index - 1);
	if (read_piece(s, rec, f) == -1)
		return -1;
	if (s->left > 0)
		return 1;
	s->next = next_record;
	return after_record(s, rec, f);
}

static int
next_rest(struct stream *s, struct record *rec, struct fault *f)
{
	size_t got;

	begin(s, rec, PART_REST, 0);
	if (record_reserve(rec, PIECE_SIZE, f) == -1 ||
	    source_some(&s->in, rec->body, PIECE_SIZE, &got, f) == -1)
		return -1;
	rec->size = got;
	return got > 0;
}

static int
next_nothing(struct stream *s, struct record *rec, struct fault *f)
{
	(void)s;
	(void)rec;
	(void)f;
	return 0;
}

int
stream_open(struct stream *s, int fd, struct fault *f)
{
	*s = (struct stream){ .next = next_start };
	return source_open(&s->in, fd, f);
}

void
stream_close(struct stream *s)
{
	source_close(&s->in);
}

int
stream_next(struct stream *s, struct record *rec, struct fault *f)
{
	return s->next(s, rec, f);
}

int
stream_write(struct sink *out, const struct record *rec, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	struct iovec iov[2] = {
		{ .iov_base = header },
		{ .iov_base = rec->body, .iov_len = rec->size },
	};

	if (rec->part == PART_NONE)
		return 0;
	if (rec->part == PART_RECORD) {
		put_le32(header, rec->type);
		put_le32(header + 4, rec->length);
		iov[0].iov_len = sizeof(header);
	}
	return sink_write(out, iov, 2, f);
}
