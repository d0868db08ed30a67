/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "compress.h"
#include "expand.h"
#include "format.h"
#include "tap.h"

/* Both directions, one thread each. */
struct both {
	struct compressor *compressor;
	struct expander *expander;
	struct compress *c;
	struct expand *x;
};

static struct both
both_new(int level)
{
	struct both b = { 0 };
	struct fault f;

	b.compressor = compressor_new(level, 16, 1, &f);
	b.expander = expander_new(16, 1, &f);
	if (b.compressor != NULL && b.expander != NULL) {
		b.c = compress_new(b.compressor);
		b.x = expand_new(b.expander);
	}
	return b;
}

static void
both_free(struct both *b)
{
	compress_free(b->c);
	expand_free(b->x);
	compressor_free(b->compressor);
	expander_free(b->expander);
}

static int
pack(const struct both *b, struct record *rec, struct fault *f)
{
	return compress_look(b->c, rec, f) == -1 ||
	    compress_join(b->c, rec, f) == -1 ? -1 :
	    compress_finish(b->c, rec, f);
}

static int
unpack(const struct both *b, struct record *rec, struct fault *f)
{
	return expand_first(b->x, rec, f) == -1 ||
	    expand_open(b->x, rec, f) == -1 ||
	    expand_join(b->x, rec, f) == -1 ? -1 :
	    expand_finish(b->x, rec, f);
}

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
test_round(const struct both *b, uint32_t length, uint32_t alike)
{
	struct record rec = { 0 }, want = { 0 };
	struct fault f;
	bool zstd;

	fill(&rec, REC_HVM_CONTEXT, length, alike);
	if (record_reserve(&want, rec.room, &f) == -1)
		exit(1);
	memcpy(want.body, rec.body, rec.size);
	ok(pack(b, &rec, &f) == 0 && rec.type == REC_COMPRESSED &&
	    rec.index == 5 && rec.offset == 1000 &&
	    rec.size == record_size(rec.length) &&
	    rec.length <= COMPRESSED_HEADER_SIZE + record_size(length),
	    "%u bytes, %u alike, are packed", length, alike);
	zstd = get_le16(rec.body + 2) == COMPRESSED_ZSTD;
	ok(zstd == (alike > 100), "%s", zstd ? "as a frame" : "as they are");
	ok(unpack(b, &rec, &f) == 0 &&
	    rec.type == REC_HVM_CONTEXT && rec.length == length &&
	    rec.size == record_size(length) &&
	    (length == 0 || memcmp(rec.body, want.body, rec.size) == 0),
	    "and come back, padding too");
	record_free(&rec);
	record_free(&want);
}

/* END and CHECKPOINT name no layer, and what is no record is not packed. */
static void
test_stays(const struct both *b)
{
	struct record rec = { .part = PART_RECORD, .type = REC_END };
	struct fault f;

	ok(pack(b, &rec, &f) == 0 && rec.type == REC_END &&
	    unpack(b, &rec, &f) == 0 && rec.length == 0, "END");
	rec.type = REC_CHECKPOINT;
	ok(pack(b, &rec, &f) == 0 && rec.type == REC_CHECKPOINT &&
	    unpack(b, &rec, &f) == 0, "CHECKPOINT");
	fill(&rec, REC_PAGE_DATA, 4096, 4096);
	rec.part = PART_LIBXL;
	ok(pack(b, &rec, &f) == 0 && rec.type == REC_PAGE_DATA &&
	    unpack(b, &rec, &f) == 0 && rec.size == 4096,
	    "bytes around the image");
	record_free(&rec);
}

/* A second worker's state and a used one make the same bytes. */
static void
test_equal(const struct both *b)
{
	struct both other = both_new(1);
	struct record one = { 0 }, two = { 0 };
	struct fault f;

	fill(&one, REC_PAGE_DATA, 70000, 70000);
	fill(&two, REC_PAGE_DATA, 70000, 70000);
	ok(other.c != NULL && pack(b, &one, &f) == 0 &&
	    pack(&other, &two, &f) == 0 && one.size == two.size &&
	    memcmp(one.body, two.body, one.size) == 0,
	    "equal records give equal bytes");
	both_free(&other);
	record_free(&one);
	record_free(&two);
}

static void
test_damaged(const struct both *b)
{
	struct record rec = { 0 };
	struct fault f;

	fill(&rec, REC_HVM_CONTEXT, 1000, 1000);
	pack(b, &rec, &f);
	put_le32(rec.body + COMPRESSED_LENGTH_OFFSET, RECORD_LENGTH_MAX + 1);
	faulty(unpack(b, &rec, &f), &f, EXIT_MALFORMED,
	    "record 5 (COMPRESSED) at byte 1000: holds a record of length "
	    "134217729, over the limit");
	put_le32(rec.body + COMPRESSED_LENGTH_OFFSET, 2000);
	faulty(unpack(b, &rec, &f), &f, EXIT_MALFORMED,
	    "record 5 (COMPRESSED) at byte 1000: damaged zstd frame");
	put_le16(rec.body + OUR_FLAGS_OFFSET, 0);
	ok(unpack(b, &rec, &f) == -1 && f.status == EXIT_MALFORMED,
	    "stored bytes of another length");
	put_le16(rec.body, 2);
	faulty(unpack(b, &rec, &f), &f, EXIT_REFUSED, "record 5 "
	    "(COMPRESSED) at byte 1000: version 2 with flags 0x0000, known "
	    "is version 1");
	rec.length = 7;
	faulty(unpack(b, &rec, &f), &f, EXIT_MALFORMED, "record 5 "
	    "(COMPRESSED) at byte 1000: not a COMPRESSED record, in a "
	    "compressed stream");
	record_free(&rec);
}

int
main(void)
{
	static const int levels[] = { -7, 1, 3, LEVEL_MAX };
	static const uint32_t lengths[][2] = { { 0, 0 }, { 1, 0 }, { 7, 0 },
	    { 8, 0 }, { 1001, 1001 }, { 5000, 0 }, { 300001, 200000 } };
	struct both b;
	size_t i, k;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		b = both_new(levels[i]);
		ok(b.c != NULL && b.x != NULL, "level %d", levels[i]);
		for (k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
			test_round(&b, lengths[k][0], lengths[k][1]);
		both_free(&b);
	}
	b = both_new(LEVEL_MIN);
	ok(b.c != NULL, "level %d", LEVEL_MIN);
	both_free(&b);
	b = both_new(1);
	test_stays(&b);
	test_equal(&b);
	test_damaged(&b);
	both_free(&b);
	compress_free(NULL);
	expand_free(NULL);
	return tap_end();
}
