/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "expand.h"
#include "format.h"
#include "ours.h"
#include "squeeze.h"
#include "types.h"
#include "unpack.h"

struct expander {
	struct unpacker unpacker;
	bool salvage;
};

/* What the record under way is. */
enum state {
	PLAIN,			/* not packed, or unpacked already */
	PAGES,
	LOST			/* with salvage: nothing of it is left */
};

struct expand {
	struct expander *shared;
	struct squeeze *z;
	struct record spare;	/* the other half of each swap */
	struct counts counts;
	enum state state;
	struct unpack unpack;
	struct expand_lost lost;
};

struct expander *
expander_new(uint32_t memory, unsigned threads, struct fault *f)
{
	struct expander *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory to expand");
		return NULL;
	}
	s->unpacker.memory = memory;
	s->unpacker.records = threads;
	return s;
}

void
expander_free(struct expander *s)
{
	if (s == NULL)
		return;
	window_free(s->unpacker.window);
	free(s);
}

void
expander_salvage(struct expander *s)
{
	s->salvage = true;
	s->unpacker.salvage = true;
}

struct expand *
expand_new(struct expander *shared)
{
	struct expand *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->shared = shared;
	x->z = squeeze_new(0);
	if (x->z == NULL || unpack_new(&x->unpack) == -1) {
		expand_free(x);
		return NULL;
	}
	return x;
}

void
expand_free(struct expand *x)
{
	if (x == NULL)
		return;
	squeeze_free(x->z);
	unpack_free(&x->unpack);
	record_free(&x->spare);
	free(x);
}

const struct counts *
expand_counts(const struct expand *x)
{
	return &x->counts;
}

const struct expand_lost *
expand_lost(const struct expand *x)
{
	return x->lost.record || x->lost.pages > 0 ||
	    x->lost.window_count > 0 ? &x->lost : NULL;
}

/* Whether *rec is a COMPRESSED record that this version can undo. */
static int
check_header(const struct record *rec, struct fault *f)
{
	uint32_t type, length;

	if (rec->type != REC_COMPRESSED || !type_is_ours(rec))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "not a COMPRESSED record, in a compressed stream");
	if (ours_check(rec, COMPRESSED_ZSTD | COMPRESSED_PAGES, f) == -1)
		return -1;
	if (rec->length < COMPRESSED_HEADER_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "length %" PRIu32 ", a header takes %u", rec->length,
		    COMPRESSED_HEADER_SIZE);
	type = get_le32(rec->body + COMPRESSED_TYPE_OFFSET);
	length = get_le32(rec->body + COMPRESSED_LENGTH_OFFSET);
	if (length > (type_is_our_number(type) ? OUR_LENGTH_MAX :
	    RECORD_LENGTH_MAX))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "holds a record of length %" PRIu32
		    ", over the limit", length);
	if (type == REC_END || type == REC_CHECKPOINT)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "holds END or CHECKPOINT, which are never packed");
	return 0;
}

/* The payload of *rec, a frame or stored, into x->spare.  0 or -1. */
static int
open_whole(struct expand *x, const struct record *rec, size_t size,
    struct fault *f)
{
	const uint8_t *payload = rec->body + COMPRESSED_HEADER_SIZE;
	size_t n = rec->length - COMPRESSED_HEADER_SIZE;
	bool frame = ours_flags(rec) & COMPRESSED_ZSTD;

	/* What the payload says of its size is checked before memory is
	 * taken. */
	if (frame && !squeeze_announced(payload, n, size))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged zstd frame");
	if (!frame && n != size)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "holds %zu bytes, not %zu", n, size);
	if (record_reserve(&x->spare, size, f) == -1)
		return -1;
	if (!frame && size > 0)
		memcpy(x->spare.body, payload, size);
	if (frame && squeeze_undo(x->z, x->spare.body, size, payload,
	    n) == -1)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged zstd frame");
	return 0;
}

static int
check_crc(const struct record *rec, uint32_t crc, struct fault *f)
{
	if (crc == get_le32(rec->body + COMPRESSED_CRC_OFFSET))
		return 0;
	return record_fault(f, EXIT_INTEGRITY, rec,
	    "damaged: what it holds is not what was packed");
}

/* *rec becomes what is in x->spare, a body of that length. */
static void
take_spare(struct expand *x, struct record *rec, uint32_t length)
{
	size_t packed = rec->size;

	record_swap(rec, &x->spare);
	rec->type = get_le32(x->spare.body + COMPRESSED_TYPE_OFFSET);
	rec->length = length;
	rec->size = record_size(length);
	x->counts.records++;
	x->counts.bytes += RECORD_HEADER_SIZE + rec->size;
	x->counts.packed += RECORD_HEADER_SIZE + packed;
}

/* The CRC of a content starts with type and length, as in the header. */
static uint32_t
start_crc(const struct record *rec)
{
	return crc_add(CRC_START, rec->body + COMPRESSED_TYPE_OFFSET,
	    RECORD_HEADER_SIZE);
}

static int
expand_whole(struct expand *x, struct record *rec, struct fault *f)
{
	uint32_t length = get_le32(rec->body + COMPRESSED_LENGTH_OFFSET);
	size_t size = record_size(length);

	if (open_whole(x, rec, size, f) == -1 ||
	    check_crc(rec, crc_add(start_crc(rec), x->spare.body, size),
	    f) == -1)
		return -1;
	take_spare(x, rec, length);
	return 0;
}

/* A fault of the record under way: with salvage, it is left out.  What the
 * machine lacks is no fault of the record. */
static int
lose(struct expand *x, struct record *rec, struct fault *f)
{
	if (!x->shared->salvage || f->status == EXIT_SYSTEM)
		return -1;
	x->lost.record = true;
	x->lost.why = *f;
	rec->part = PART_NONE;
	x->state = LOST;
	return 0;
}

int
expand_first(void *worker, struct record *rec, struct fault *f)
{
	struct expand *x = worker;

	x->state = PLAIN;
	x->lost = (struct expand_lost){ .record = false };
	if (!type_has_layers(rec))
		return 0;
	if (check_header(rec, f) == -1)
		return lose(x, rec, f);
	if (!(ours_flags(rec) & COMPRESSED_PAGES))
		return 0;
	x->state = PAGES;
	if (unpack_first(&x->unpack, &x->shared->unpacker, rec, f) == -1)
		/* A window over the limit is what the record asks for. */
		return f->status == EXIT_REFUSED ? -1 : lose(x, rec, f);
	x->lost.window_first = x->unpack.first - x->unpack.missing;
	x->lost.window_count = x->unpack.missing;
	return 0;
}

int
expand_open(void *worker, struct record *rec, struct fault *f)
{
	struct expand *x = worker;
	int result = 0;

	if (x->state == PAGES)
		result = unpack_open(&x->unpack, x->z, rec, f);
	else if (x->state == PLAIN && type_has_layers(rec))
		result = expand_whole(x, rec, f);
	return result == -1 ? lose(x, rec, f) : 0;
}

int
expand_join(void *worker, struct record *rec, struct fault *f)
{
	struct expand *x = worker;

	if (x->state != PAGES)
		return 0;
	if (unpack_join(&x->unpack, &x->shared->unpacker, rec, f) == -1)
		return lose(x, rec, f);
	return 0;
}

/* With salvage: pages of the record are missing. */
static void
note_losses(struct expand *x, struct record *rec)
{
	const struct unpack *u = &x->unpack;

	x->lost.pages = u->losses;
	x->lost.pfn = u->lost;
	if (u->losses > 0)
		record_fault(&x->lost.why, EXIT_INTEGRITY, rec,
		    "pages are as others that are lost");
	if (u->losses == u->index.count)
		rec->part = PART_NONE;	/* an empty list is no record */
}

int
expand_finish(void *worker, struct record *rec, struct fault *f)
{
	struct expand *x = worker;
	uint32_t crc;

	if (x->state != PAGES)
		return 0;
	if (unpack_finish(&x->unpack, rec, &x->spare, &crc, f) == -1)
		return -1;
	/* Of a record that lost pages, the payload's CRC has to do. */
	if (x->unpack.losses == 0 && check_crc(rec, crc, f) == -1)
		return lose(x, rec, f);
	unpack_count(&x->unpack, rec, &x->counts);
	note_losses(x, rec);
	take_spare(x, rec, x->spare.length);
	return 0;
}
