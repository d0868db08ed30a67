/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <zstd.h>

#include "bytes.h"
#include "compress.h"
#include "crc.h"
#include "format.h"
#include "types.h"

struct compress {
	ZSTD_CCtx *pack;
	ZSTD_DCtx *unpack;
	struct record spare;	/* the other half of each swap */
};

struct compress *
compress_new(int level)
{
	struct compress *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->pack = ZSTD_createCCtx();
	c->unpack = ZSTD_createDCtx();
	if (c->pack == NULL || c->unpack == NULL ||
	    ZSTD_isError(ZSTD_CCtx_setParameter(c->pack,
	    ZSTD_c_compressionLevel, level))) {
		compress_free(c);
		return NULL;
	}
	return c;
}

void
compress_free(struct compress *c)
{
	if (c == NULL)
		return;
	ZSTD_freeCCtx(c->pack);
	ZSTD_freeDCtx(c->unpack);
	record_free(&c->spare);
	free(c);
}

/* Whether the record is one that stays as it is in a compressed stream. */
static int
stays(const struct record *rec)
{
	return rec->part != PART_RECORD || rec->type == REC_END ||
	    rec->type == REC_CHECKPOINT;
}

/* The CRC of a record: its type and length, as in `header`, and its body. */
static uint32_t
crc_of(const uint8_t *header, const uint8_t *body, size_t size)
{
	uint32_t crc = crc_add(CRC_START, header + COMPRESSED_TYPE_OFFSET,
	    RECORD_HEADER_SIZE);

	return crc_add(crc, body, size);
}

/* Writes the header of a COMPRESSED body that holds *rec. */
static void
put_header(uint8_t *body, const struct record *rec, unsigned flags)
{
	put_le16(body, OUR_VERSION);
	put_le16(body + OUR_FLAGS_OFFSET, (uint16_t)flags);
	memcpy(body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4);
	put_le32(body + COMPRESSED_TYPE_OFFSET, rec->type);
	put_le32(body + COMPRESSED_LENGTH_OFFSET, rec->length);
	put_le32(body + COMPRESSED_CRC_OFFSET, crc_of(body, rec->body,
	    rec->size));
	put_le32(body + COMPRESSED_RESERVED_OFFSET, 0);
}

int
compress_record(struct compress *c, struct record *rec, struct fault *f)
{
	size_t size = record_size(rec->length), n;
	unsigned flags = COMPRESSED_ZSTD;
	uint8_t *payload;

	if (stays(rec))
		return 0;
	if (COMPRESSED_HEADER_SIZE + size > OUR_LENGTH_MAX)
		return record_fault(f, EXIT_REFUSED, rec,
		    "too long to be packed once more");
	if (record_reserve(&c->spare, record_size((uint32_t)
	    (COMPRESSED_HEADER_SIZE + size)), f) == -1)
		return -1;
	payload = c->spare.body + COMPRESSED_HEADER_SIZE;
	/* Room for one byte less than it has: then it shrinks or fails. */
	n = size == 0 ? 0 : ZSTD_compress2(c->pack, payload, size - 1,
	    rec->body, size);
	if (size == 0 || ZSTD_isError(n)) {
		flags = 0;
		n = size;
		if (size > 0)
			memcpy(payload, rec->body, size);
	}
	put_header(c->spare.body, rec, flags);
	record_swap(rec, &c->spare);
	record_set(rec, REC_COMPRESSED,
	    (uint32_t)(COMPRESSED_HEADER_SIZE + n));
	return 0;
}

/* Whether *rec is a COMPRESSED record that this version can undo. */
static int
check_header(const struct record *rec, struct fault *f)
{
	uint32_t type, length;

	if (rec->type != REC_COMPRESSED || !type_is_ours(rec))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "not a COMPRESSED record, in a compressed stream");
	if (get_le16(rec->body) != OUR_VERSION ||
	    get_le16(rec->body + OUR_FLAGS_OFFSET) & ~COMPRESSED_ZSTD)
		return record_fault(f, EXIT_REFUSED, rec,
		    "version %u with flags 0x%04x, known is version %u",
		    get_le16(rec->body),
		    get_le16(rec->body + OUR_FLAGS_OFFSET), OUR_VERSION);
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

/* The payload of *rec into c->spare, size bytes.  0 or -1. */
static int
unpack(struct compress *c, const struct record *rec, size_t size,
    struct fault *f)
{
	const uint8_t *payload = rec->body + COMPRESSED_HEADER_SIZE;
	size_t n = rec->length - COMPRESSED_HEADER_SIZE;
	bool packed = get_le16(rec->body + OUR_FLAGS_OFFSET) &
	    COMPRESSED_ZSTD;

	/* What the payload says of its size is checked before memory is
	 * taken. */
	if (packed && ZSTD_getFrameContentSize(payload, n) != size)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged zstd frame");
	if (!packed && n != size)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "holds %zu bytes, not %zu", n, size);
	if (record_reserve(&c->spare, size, f) == -1)
		return -1;
	if (!packed && size > 0)
		memcpy(c->spare.body, payload, size);
	if (packed && ZSTD_decompressDCtx(c->unpack, c->spare.body, size,
	    payload, n) != size)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged zstd frame");
	return 0;
}

int
expand_record(struct compress *c, struct record *rec, struct fault *f)
{
	size_t size;

	if (stays(rec))
		return 0;
	if (check_header(rec, f) == -1)
		return -1;
	size = record_size(get_le32(rec->body + COMPRESSED_LENGTH_OFFSET));
	if (unpack(c, rec, size, f) == -1)
		return -1;
	if (crc_of(rec->body, c->spare.body, size) !=
	    get_le32(rec->body + COMPRESSED_CRC_OFFSET))
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged: what it holds is not what was packed");
	record_swap(rec, &c->spare);
	rec->type = get_le32(c->spare.body + COMPRESSED_TYPE_OFFSET);
	rec->length = get_le32(c->spare.body + COMPRESSED_LENGTH_OFFSET);
	rec->size = size;
	return 0;
}
