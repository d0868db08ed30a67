/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "crc.h"
#include "ours.h"
#include "parts.h"
#include "types.h"

int
part_header_put(const struct part_header *h, struct record *rec,
    struct fault *f)
{
	uint8_t *body;

	if (record_reserve(rec, PART_HEADER_SIZE, f) == -1)
		return -1;
	record_set(rec, REC_PART_HEADER, PART_HEADER_SIZE);
	body = rec->body;
	ours_put(body, (h->in_turn ? PART_IN_TURN : 0) |
	    (h->lane ? PART_LANE : 0));
	memcpy(body + PART_SET_OFFSET, h->set, PART_SET_SIZE);
	put_le32(body + PART_NUMBER_OFFSET, h->number);
	put_le32(body + PART_COUNT_OFFSET, h->parts);
	put_le64(body + PART_FIRST_OFFSET, h->first);
	put_le32(body + PART_CHUNK_OFFSET, h->chunk);
	put_le32(body + PART_CRC_OFFSET, crc_add(CRC_START, body,
	    PART_CRC_OFFSET));
	return 0;
}

/* Whether what is not damaged makes sense. */
static bool
makes_sense(const struct part_header *h)
{
	if (h->number >= PARTS_MAX || h->parts > PARTS_MAX ||
	    (h->parts != 0 && h->number >= h->parts))
		return false;
	if (h->in_turn && (h->parts == 0 || h->first != h->number || h->lane))
		return false;
	return h->chunk >= PART_CHUNK_MIN && h->chunk <= PART_CHUNK_MAX;
}

int
part_header_get(const struct record *rec, struct part_header *h,
    struct fault *f)
{
	const uint8_t *body = rec->body;

	if (rec->length != PART_HEADER_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", a header has %u", rec->length, PART_HEADER_SIZE);
	if (get_le32(body + PART_CRC_OFFSET) != crc_add(CRC_START, body,
	    PART_CRC_OFFSET))
		return record_fault(f, EXIT_INTEGRITY, rec, "damaged");
	if (ours_check(rec, PART_IN_TURN | PART_LANE, f) == -1)
		return -1;
	*h = (struct part_header){
		.in_turn = ours_flags(rec) & PART_IN_TURN,
		.lane = ours_flags(rec) & PART_LANE,
		.number = get_le32(body + PART_NUMBER_OFFSET),
		.parts = get_le32(body + PART_COUNT_OFFSET),
		.first = get_le64(body + PART_FIRST_OFFSET),
		.chunk = get_le32(body + PART_CHUNK_OFFSET),
	};
	memcpy(h->set, body + PART_SET_OFFSET, PART_SET_SIZE);
	return makes_sense(h) ? 0 : record_fault(f, EXIT_MALFORMED, rec,
	    "part %" PRIu32 " of %" PRIu32 " with chunks of %" PRIu32
	    " bytes: no set is like that", h->number, h->parts, h->chunk);
}

/* Of a chunk whose body has all but it. */
static uint32_t
chunk_crc(const struct part_header *h, const struct record *rec)
{
	uint32_t crc = crc_add(CRC_START, h->set, PART_SET_SIZE);

	crc = crc_add(crc, rec->body, PART_CHUNK_CRC_OFFSET);
	return crc_add(crc, rec->body + PART_PAYLOAD_OFFSET,
	    rec->length - PART_PAYLOAD_OFFSET);
}

int
part_chunk_make(void *header, const struct chunk *c, struct record *rec,
    struct fault *f)
{
	uint8_t *body = rec->body;

	(void)f;
	record_set(rec, REC_PART_CHUNK, PART_PAYLOAD_OFFSET + c->used);
	ours_put(body, (c->last ? PART_LAST : 0) |
	    (c->checkpoint ? PART_CHECKPOINT : 0));
	put_le64(body + PART_CHUNK_NUMBER_OFFSET, c->number);
	put_le32(body + 16, 0);
	put_le32(body + PART_CHUNK_CRC_OFFSET, chunk_crc(header, rec));
	return 0;
}

int
part_chunk_get(const struct part_header *h, const struct record *rec,
    struct chunk *c, struct fault *f)
{
	unsigned flags;

	if (rec->type != REC_PART_CHUNK || !type_is_ours(rec))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "no chunk, where one is due");
	if (rec->length <= PART_PAYLOAD_OFFSET ||
	    rec->length - PART_PAYLOAD_OFFSET > h->chunk)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", chunks here have up to %" PRIu32, rec->length,
		    PART_PAYLOAD_OFFSET + h->chunk);
	flags = ours_flags(rec);
	*c = (struct chunk){
		.number = get_le64(rec->body + PART_CHUNK_NUMBER_OFFSET),
		.last = flags & PART_LAST, .ends = flags & PART_LAST,
		.checkpoint = flags & PART_CHECKPOINT,
		.used = rec->length - PART_PAYLOAD_OFFSET,
	};
	return 0;
}

int
part_chunk_verify(const struct part_header *h, const struct record *rec,
    struct fault *f)
{
	if (rec->length < PART_PAYLOAD_OFFSET)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "no chunk has so few bytes");
	if (get_le32(rec->body + PART_CHUNK_CRC_OFFSET) != chunk_crc(h, rec))
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged, or of another set");
	return ours_check(rec, PART_LAST | PART_CHECKPOINT, f);
}
