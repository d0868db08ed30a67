/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "compress.h"
#include "format.h"
#include "tap.h"

/* A record of `length` bytes; those after the first `alike` do not shrink. */
static void
fill(struct record *rec, uint32_t type, uint32_t length, uint32_t alike)
{
	static uint32_t seed = 1;
	struct fault f;
	uint32_t i;

	if (record_reserve(rec, record_size(length) + 8, &f) == -1)
		exit(1);
	for (i = 0; i < record_size(length); i++) {
		seed = seed * 1103515245u + 12345u;
		rec->body[i] = i < alike ? 'a' : (uint8_t)(seed >> 24);
	}
	rec->part = PART_RECORD;
	rec->type = type;
	rec->length = length;
	rec->size = record_size(length);
	rec->index = 5;
	rec->offset = 1000;
}

static void
test_round(struct compress *c, uint32_t length, uint32_t alike)
{
	struct record rec = { 0 }, want = { 0 };
	struct fault f;
	bool zstd;

	fill(&rec, REC_HVM_CONTEXT, length, alike);
	if (record_reserve(&want, rec.room, &f) == -1)
		exit(1);
	memcpy(want.body, rec.body, rec.size);
	ok(compress_record(c, &rec, &f) == 0 && rec.type == REC_COMPRESSED &&
	    rec.index == 5 && rec.offset == 1000 &&
	    rec.size == record_size(rec.length) &&
	    rec.length <= COMPRESSED_HEADER_SIZE + record_size(length),
	    "%u bytes, %u alike, are packed", length, alike);
	zstd = get_le16(rec.body + 2) == COMPRESSED_ZSTD;
	ok(zstd == (alike > 100), "%s", zstd ? "as a frame" : "as they are");
	ok(expand_record(c, &rec, &f) == 0 &&
	    rec.type == REC_HVM_CONTEXT && rec.length == length &&
	    rec.size == record_size(length) &&
	    memcmp(rec.body, want.body, rec.size) == 0,
	    "and come back, padding too");
	record_free(&rec);
	record_free(&want);
}

/* END and CHECKPOINT name no layer, and what is no record is not packed. */
static void
test_stays(struct compress *c)
{
	struct record rec = { .part = PART_RECORD, .type = REC_END };
	struct fault f;

	ok(compress_record(c, &rec, &f) == 0 && rec.type == REC_END &&
	    expand_record(c, &rec, &f) == 0 && rec.length == 0, "END");
	rec.type = REC_CHECKPOINT;
	ok(compress_record(c, &rec, &f) == 0 && rec.type == REC_CHECKPOINT &&
	    expand_record(c, &rec, &f) == 0, "CHECKPOINT");
	fill(&rec, REC_PAGE_DATA, 4096, 4096);
	rec.part = PART_LIBXL;
	ok(compress_record(c, &rec, &f) == 0 && rec.type == REC_PAGE_DATA &&
	    expand_record(c, &rec, &f) == 0 && rec.size == 4096,
	    "bytes around the image");
	record_free(&rec);
}

/* A second worker's state and a used one make the same bytes. */
static void
test_equal(struct compress *c)
{
	struct compress *other = compress_new(1);
	struct record a = { 0 }, b = { 0 };
	struct fault f;

	fill(&a, REC_PAGE_DATA, 70000, 70000);
	fill(&b, REC_PAGE_DATA, 70000, 70000);
	ok(other != NULL && compress_record(c, &a, &f) == 0 &&
	    compress_record(other, &b, &f) == 0 && a.size == b.size &&
	    memcmp(a.body, b.body, a.size) == 0,
	    "equal records give equal bytes");
	compress_free(other);
	record_free(&a);
	record_free(&b);
}

static void
test_damaged(struct compress *c)
{
	struct record rec = { 0 };
	struct fault f;

	fill(&rec, REC_HVM_CONTEXT, 1000, 1000);
	compress_record(c, &rec, &f);
	put_le32(rec.body + COMPRESSED_LENGTH_OFFSET, RECORD_LENGTH_MAX + 1);
	faulty(expand_record(c, &rec, &f), &f, EXIT_MALFORMED,
	    "record 5 (COMPRESSED) at byte 1000: holds a record of length "
	    "134217729, over the limit");
	put_le32(rec.body + COMPRESSED_LENGTH_OFFSET, 2000);
	faulty(expand_record(c, &rec, &f), &f, EXIT_MALFORMED,
	    "record 5 (COMPRESSED) at byte 1000: damaged zstd frame");
	put_le16(rec.body + OUR_FLAGS_OFFSET, 0);
	ok(expand_record(c, &rec, &f) == -1 && f.status == EXIT_MALFORMED,
	    "stored bytes of another length");
	put_le16(rec.body, 2);
	faulty(expand_record(c, &rec, &f), &f, EXIT_REFUSED, "record 5 "
	    "(COMPRESSED) at byte 1000: version 2 with flags 0x0000, known "
	    "is version 1");
	rec.length = 7;
	faulty(expand_record(c, &rec, &f), &f, EXIT_MALFORMED, "record 5 "
	    "(COMPRESSED) at byte 1000: not a COMPRESSED record, in a "
	    "compressed stream");
	record_free(&rec);
}

int
main(void)
{
	static const int levels[] = { -7, 1, 3, COMPRESS_LEVEL_MAX };
	static const uint32_t lengths[][2] = { { 0, 0 }, { 1, 0 }, { 7, 0 },
	    { 8, 0 }, { 1001, 1001 }, { 5000, 0 }, { 300001, 200000 } };
	struct compress *c;
	size_t i, k;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		c = compress_new(levels[i]);
		ok(c != NULL, "level %d", levels[i]);
		for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
			test_round(c, lengths[k][0], lengths[k][1]);
		compress_free(c);
	}
	c = compress_new(COMPRESS_LEVEL_MIN);
	ok(c != NULL, "level %d", COMPRESS_LEVEL_MIN);
	compress_free(c);
	c = compress_new(1);
	test_stays(c);
	test_equal(c);
	test_damaged(c);
	compress_free(c);
	compress_free(NULL);
	return tap_end();
}
