/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reader is a state machine: s->next is the function that reads the
 * piece that comes next, and each such function sets it again.
 *
 *   next_start -> next_envelope -> stream_libxl_header
 *       |                                |
 *       |                         stream_libxl_record <-> next_libxl_body
 *       |                                |  ^
 *       +------------------------> stream_image
 *                                        v  |
 *                                  stream_record <-> next_body
 *
 * stream_libxl.c has the level of libxl, stream_image.c that of the image.
 */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "kind.h"
#include "stream_next.h"
#include "traffic.h"

static int next_rest(struct stream *, struct record *, struct fault *);
static int next_nothing(struct stream *, struct record *, struct fault *);

int
stream_cut(struct stream *s, struct fault *f)
{
	s->cut = true;
	/* Those in a container are for who opens it to tell. */
	if (s->checkpoints > s->contained.count)
		return fault_set(f, EXIT_MALFORMED, "ends at byte %" PRIu64
		    " without END, after %" PRIu64 " complete checkpoints",
		    s->in.offset, s->checkpoints);
	if (s->in.offset == 0)
		return fault_set(f, EXIT_MALFORMED, "empty input");
	return fault_set(f, EXIT_MALFORMED,
	    "cut short at byte %" PRIu64 ", without END", s->in.offset);
}

int
stream_due(struct stream *s, struct record *rec, size_t have, size_t size,
    struct fault *f)
{
	size_t got;

	if (record_reserve(rec, have + size, f) == -1 ||
	    source_read(&s->in, rec->body + have, size, &got, f) == -1)
		return -1;
	return got < size ? stream_cut(s, f) : 0;
}

void
stream_begin(const struct stream *s, struct record *rec, enum part part,
    size_t size)
{
	rec->part = part;
	rec->type = rec->length = 0;
	rec->size = size;
	rec->index = 0;
	rec->packed = 0;
	rec->written = false;
	rec->offset = s->in.offset;
}

int
stream_piece(struct stream *s, struct record *rec, struct fault *f)
{
	rec->size = s->left < STREAM_PIECE_SIZE ? (size_t)s->left :
	    STREAM_PIECE_SIZE;
	s->left -= rec->size;
	return stream_due(s, rec, 0, rec->size, f);
}

void
stream_header(struct stream *s, struct record *rec, const uint8_t *header)
{
	rec->type = s->type = get_le32(header);
	rec->length = s->length = get_le32(header + 4);
	s->start = rec->offset;
}

void
stream_continue(const struct stream *s, struct record *rec, uint64_t index)
{
	rec->type = s->type;
	rec->length = s->length;
	rec->index = index;
	rec->offset = s->start;
}

int
stream_finish(struct stream *s, const struct record *rec, struct fault *f)
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
		return s->ended != NULL && s->ended(s->asked, f) == -1 ? -1 :
		    1;
	record_fault(f, EXIT_MALFORMED, rec, "bytes follow END, from byte %"
	    PRIu64 " on", s->in.offset - 1);
	return fault_hint(f, "inside xl migrate the filters take "
	    "--pass-after-end");
}

static int
next_envelope(struct stream *s, struct record *rec, struct fault *f)
{
	if (s->left == 0)
		return stream_libxl_header(s, rec, f);
	stream_begin(s, rec, PART_ENVELOPE, 0);
	return stream_piece(s, rec, f) == -1 ? -1 : 1;
}

static int
next_start(struct stream *s, struct record *rec, struct fault *f)
{
	struct kind kind;
	size_t got;

	stream_begin(s, rec, PART_ENVELOPE, KIND_PROBE_SIZE);
	if (record_reserve(rec, KIND_HEADER_MAX, f) == -1 ||
	    source_read(&s->in, rec->body, KIND_PROBE_SIZE, &got, f) == -1)
		return -1;
	if (got == 0)
		return stream_cut(s, f);
	if (kind_probe(rec->body, got, &kind, f) == -1)
		return -1;
	if (got < KIND_PROBE_SIZE || stream_due(s, rec, KIND_PROBE_SIZE,
	    kind.header_size - KIND_PROBE_SIZE, f) == -1)
		return got < KIND_PROBE_SIZE ? stream_cut(s, f) : -1;
	if (kind.check(rec->body, &s->left, f) == -1)
		return -1;

	rec->part = kind.part;
	rec->size = kind.header_size;
	s->nested = kind.part != PART_IMAGE;
	s->phase = s->nested ? BEFORE_IMAGE : IN_IMAGE;
	s->next = kind.part == PART_IMAGE ? stream_record :
	    kind.part == PART_LIBXL ? stream_libxl_record : next_envelope;
	return 1;
}

static int
next_rest(struct stream *s, struct record *rec, struct fault *f)
{
	size_t got;
	int more;

	stream_begin(s, rec, PART_REST, 0);
	/* END may be out already: the end of the input takes no memory. */
	if ((more = source_more(&s->in, f)) != 1)
		return more;
	if (record_reserve(rec, STREAM_PIECE_SIZE, f) == -1 ||
	    source_some(&s->in, rec->body, STREAM_PIECE_SIZE, &got, f) == -1)
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
	int result = s->next(s, rec, f);

	if (result == 1)
		traffic_piece(rec);
	return result;
}

bool
stream_ends(const struct stream *s, const struct record *rec)
{
	if (s->nested)
		return s->phase == AFTER_IMAGE && rec->part == PART_LIBXL &&
		    rec->type == LIBXL_END;
	return rec->part == PART_RECORD && rec->type == REC_END;
}

int
stream_more(struct stream *s, struct fault *f)
{
	int result = source_more(&s->in, f);

	if (result == 1) {
		s->in.offset = 0;
		s->index = s->libxl_index = s->checkpoints = 0;
		s->contained = (struct contained){ .checked = false };
		s->next = next_start;
	}
	return result;
}

int
stream_write(struct sink *out, const struct record *rec, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	struct iovec iov[2] = {
		{ .iov_base = header },
		{ .iov_base = rec->body, .iov_len = rec->size },
	};

	if (rec->part == PART_NONE || rec->written)
		return 0;
	if (rec->part == PART_RECORD) {
		put_le32(header, rec->type);
		put_le32(header + 4, rec->length);
		iov[0].iov_len = sizeof(header);
	}
	return sink_write(out, iov, 2, f);
}
