/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "changes.h"
#include "compress.h"
#include "crc.h"
#include "format.h"
#include "grade.h"
#include "ours.h"
#include "sift.h"
#include "types.h"

struct compressor {
	int level;
	struct window *window;
	struct similar *similar;
};

struct compress {
	struct compressor *shared;
	struct squeeze *z;
	struct record spare;	/* the other half of each swap */
	struct record scratch;	/* parts before they are squeezed */
	struct counts counts;
	bool pages;		/* the record under way is packed as pages */
	struct sift sift;
};

struct compressor *
compressor_new(int level, uint32_t window, unsigned threads, struct fault *f)
{
	struct compressor *s = calloc(1, sizeof(*s));

	if (s == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory to compress");
		return NULL;
	}
	s->level = level;
	if ((s->window = window_new(window, threads, f)) == NULL ||
	    (s->similar = similar_new(s->window, f)) == NULL) {
		compressor_free(s);
		return NULL;
	}
	return s;
}

void
compressor_free(struct compressor *s)
{
	if (s == NULL)
		return;
	similar_free(s->similar);
	window_free(s->window);
	free(s);
}

struct compress *
compress_new(struct compressor *shared)
{
	struct compress *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->shared = shared;
	c->z = squeeze_new(shared->level);
	c->sift.index.entry = calloc(PACKED_COUNT_MAX, sizeof(uint64_t));
	if (c->z == NULL || c->sift.index.entry == NULL) {
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
	squeeze_free(c->z);
	record_free(&c->spare);
	record_free(&c->scratch);
	free(c->sift.index.entry);
	free(c);
}

const struct counts *
compress_counts(const struct compress *c)
{
	return &c->counts;
}

/*
 * Writes the header of a COMPRESSED body that holds *rec.  The type is there
 * twice: any bytes with their own CRC behind them have the same CRC, so that
 * of two empty records no check data could say which is which.
 */
static void
put_header(uint8_t *body, const struct record *rec, unsigned flags)
{
	ours_put(body, flags);
	put_le32(body + COMPRESSED_TYPE_OFFSET, rec->type);
	put_le32(body + COMPRESSED_LENGTH_OFFSET, rec->length);
	put_le32(body + COMPRESSED_CRC_OFFSET, 0);
	put_le32(body + COMPRESSED_AGAIN_OFFSET, rec->type);
}

/* The CRC of a content starts with type and length, as in the header. */
static uint32_t
start_crc(const struct record *rec)
{
	uint8_t header[RECORD_HEADER_SIZE];

	put_le32(header, rec->type);
	put_le32(header + 4, rec->length);
	return crc_add(CRC_START, header, sizeof(header));
}

/* *rec becomes what was made of it in c->spare, `length` bytes. */
static void
take_spare(struct compress *c, struct record *rec, size_t length)
{
	c->counts.records++;
	c->counts.bytes += RECORD_HEADER_SIZE + rec->size;
	record_swap(rec, &c->spare);
	record_set(rec, REC_COMPRESSED, (uint32_t)length);
	c->counts.packed += RECORD_HEADER_SIZE + rec->size;
}

/* A record as one frame, or stored. */
static int
pack_whole(struct compress *c, struct record *rec, struct fault *f)
{
	size_t size = record_size(rec->length), n;
	uint8_t *body;

	if (COMPRESSED_HEADER_SIZE + size > OUR_LENGTH_MAX)
		return record_fault(f, EXIT_REFUSED, rec,
		    "too long to be packed once more");
	if (record_reserve(&c->spare, record_size((uint32_t)
	    (COMPRESSED_HEADER_SIZE + size)), f) == -1)
		return -1;
	body = c->spare.body;
	if (squeeze(c->z, body + COMPRESSED_HEADER_SIZE, rec->body, size, &n,
	    f) == -1)
		return -1;
	put_header(body, rec, n < size ? COMPRESSED_ZSTD : 0);
	put_le32(body + COMPRESSED_CRC_OFFSET, crc_add(start_crc(rec),
	    rec->body, size));
	take_spare(c, rec, COMPRESSED_HEADER_SIZE + n);
	return 0;
}

int
compress_look(void *worker, struct record *rec, struct fault *f)
{
	struct compress *c = worker;

	c->pages = false;
	if (!type_has_layers(rec))
		return 0;
	c->pages = sift_look(&c->sift, c->shared->similar,
	    grade_limit(c->shared->level), start_crc(rec), rec);
	return c->pages ? 0 : pack_whole(c, rec, f);
}

int
compress_join(void *worker, struct record *rec, struct fault *f)
{
	struct compress *c = worker;

	(void)rec;
	(void)f;
	if (c->pages)
		sift_join(&c->sift, c->shared->similar, c->shared->window);
	return 0;
}

/* The changes of all changed pages into c->scratch.  Returns their bytes. */
static size_t
make_changes(struct compress *c)
{
	const struct sift *s = &c->sift;
	uint8_t *map = c->scratch.body;
	uint8_t *words = map + CHANGES_MAP_SIZE *
	    (size_t)s->of[CLASS_CHANGED];
	uint32_t i;

	for (i = 0; i < s->index.full; i++) {
		if (s->index.class[i] != CLASS_CHANGED)
			continue;
		words += changes_put(s->page[i], s->before[i], map, words);
		map += CHANGES_MAP_SIZE;
	}
	return (size_t)(words - c->scratch.body);
}

/* Writes a part behind *to, and its length and size into the header. */
static int
put_part(struct compress *c, uint8_t **to, uint8_t *sizes,
    const uint8_t *from, size_t size, struct fault *f)
{
	size_t length;

	if (squeeze(c->z, *to, from, size, &length, f) == -1)
		return -1;
	put_le32(sizes, (uint32_t)length);
	put_le32(sizes + 4, (uint32_t)size);
	*to += length;
	return 0;
}

/* The payload of pages behind the header in c->spare; *length: with both. */
static int
put_pages(struct compress *c, const struct record *rec, uint32_t packed,
    size_t *length, struct fault *f)
{
	const struct sift *s = &c->sift;
	uint8_t *head = c->spare.body + COMPRESSED_HEADER_SIZE;
	uint8_t *to = head + PACKED_HEADER_SIZE;
	uint8_t *sizes = head + PACKED_PARTS_OFFSET;
	size_t stored = PAGE_SIZE * (size_t)s->of[CLASS_STORED];

	put_le64(head, s->first);
	put_le32(head + PACKED_ADDED_OFFSET, s->added);
	put_le32(head + PACKED_WINDOW_OFFSET,
	    window_pages(c->shared->window));
	memcpy(head + PACKED_COUNT_OFFSET, rec->body, PAGE_DATA_HEADER_SIZE);
	if (put_part(c, &to, sizes, c->scratch.body,
	    index_put(&s->index, s->first, c->scratch.body), f) == -1 ||
	    put_part(c, &to, sizes + 8, s->added_pages,
	    PAGE_SIZE * (size_t)packed, f) == -1 ||
	    put_part(c, &to, sizes + 16, c->scratch.body, make_changes(c),
	    f) == -1)
		return -1;
	if (stored > 0)
		memcpy(to, s->added_pages + PAGE_SIZE * (size_t)packed,
		    stored);
	*length = (size_t)(to + stored - c->spare.body);
	return 0;
}

static void
count_pages(struct compress *c, const struct record *rec, size_t length)
{
	const struct sift *s = &c->sift;
	const uint8_t *sizes = c->spare.body + COMPRESSED_HEADER_SIZE +
	    PACKED_PARTS_OFFSET;
	unsigned class;

	c->counts.page_records++;
	c->counts.page_bytes += RECORD_HEADER_SIZE + rec->size;
	c->counts.page_packed += RECORD_HEADER_SIZE +
	    record_size((uint32_t)length);
	c->counts.index += get_le32(sizes);
	c->counts.frames += get_le32(sizes + 8);
	c->counts.changes += get_le32(sizes + 16);
	c->counts.stored += PAGE_SIZE * (uint64_t)s->of[CLASS_STORED];
	c->counts.absent += s->index.count - s->index.full;
	for (class = 0; class < CLASSES; class++)
		c->counts.pages[class] += s->of[class];
}

int
compress_finish(void *worker, struct record *rec, struct fault *f)
{
	struct compress *c = worker;
	const struct sift *s = &c->sift;
	size_t index = INDEX_SIZE_MAX(s->index.count);
	size_t changes = (CHANGES_MAP_SIZE + PAGE_SIZE) *
	    (size_t)s->of[CLASS_CHANGED];
	uint32_t packed = s->added - s->of[CLASS_STORED] -
	    s->of[CLASS_CHANGED];
	size_t length;
	uint8_t *body;

	if (!c->pages)
		return 0;
	if (record_reserve(&c->scratch, index > changes ? index : changes,
	    f) == -1 || record_reserve(&c->spare, COMPRESSED_HEADER_SIZE +
	    PACKED_HEADER_SIZE + index + changes + PAGE_SIZE *
	    (size_t)s->added, f) == -1)
		return -1;
	body = c->spare.body;
	put_header(body, rec, COMPRESSED_PAGES);
	if (put_pages(c, rec, packed, &length, f) == -1)
		return -1;
	/* What adds to the window has to stay, what is only longer not. */
	if (s->added == 0 && length > COMPRESSED_HEADER_SIZE +
	    record_size(rec->length))
		return pack_whole(c, rec, f);
	put_le32(body + COMPRESSED_CRC_OFFSET, s->crc);
	put_le32(body + COMPRESSED_PACKED_CRC_OFFSET, crc_add(start_crc(rec),
	    body + COMPRESSED_HEADER_SIZE, length - COMPRESSED_HEADER_SIZE));
	count_pages(c, rec, length);
	take_spare(c, rec, length);
	return 0;
}
