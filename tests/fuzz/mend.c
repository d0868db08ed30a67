/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "crc.h"
#include "format.h"
#include "layout.h"
#include "mend.h"
#include "record.h"

struct mending {
	const uint8_t *start;	/* of the input */
	const struct piece *pieces;
	size_t count;
	const struct piece *before;	/* the record that a CHECK covers */
	uint64_t index, offset;	/* of what comes next, without check data */
	bool     blake2b;	/* as the first CHECK has it */
	struct digester all;
	uint64_t covered;
	uint8_t  set[PART_SET_SIZE];
};

static struct record
record_of(const struct piece *p)
{
	return (struct record){
		.part = PART_RECORD, .type = get_le32(p->at),
		.length = get_le32(p->at + 4),
		.body = (uint8_t *)(uintptr_t)p->at + RECORD_HEADER_SIZE,
		.size = p->size - RECORD_HEADER_SIZE,
	};
}

/* A record's CRC of itself, with zero in its place. */
static void
mend_own(struct record *rec, size_t at)
{
	uint8_t header[RECORD_HEADER_SIZE];
	uint32_t crc;

	put_le32(header, rec->type);
	put_le32(header + 4, rec->length);
	put_le32(rec->body + at, 0);
	crc = crc_add(CRC_START, header, sizeof(header));
	put_le32(rec->body + at, crc_add(crc, rec->body, rec->size));
}

/* The first CHECK: of all that stands before it. */
static void
check_start(struct mending *m, const struct record *rec, struct check *c)
{
	struct leaf_maker leaf;

	m->blake2b = get_le16(rec->body + OUR_FLAGS_OFFSET) & CHECK_BLAKE2B;
	digester_begin(&m->all, m->blake2b);
	leaf_begin(&leaf, true);
	leaf_add(&leaf, m->start, (size_t)(rec->body - m->start) -
	    RECORD_HEADER_SIZE);
	leaf_end(&leaf);
	c->leaf = leaf.leaf;
	c->size = m->offset;
}

static void
check_record(const struct mending *m, struct check *c)
{
	struct record of = record_of(m->before);

	leaf_of(&of, true, &c->leaf);
	c->index = m->index - 1;
	c->offset = m->offset - m->before->size;
	c->size = m->before->size;
	c->type = of.type;
}

static void
mend_check(struct mending *m, struct record *rec)
{
	struct check c = { .index = 0 };
	uint8_t *body = rec->body;

	if (rec->length != CHECK_SIZE)
		return;
	if (m->before == NULL)
		check_start(m, rec, &c);
	else
		check_record(m, &c);
	put_le64(body + CHECK_INDEX_OFFSET, c.index);
	put_le64(body + CHECK_OFFSET_OFFSET, c.offset);
	put_le64(body + CHECK_SIZE_OFFSET, c.size);
	put_le32(body + CHECK_TYPE_OFFSET, c.type);
	put_le32(body + CHECK_CRC_OFFSET, c.leaf.crc);
	put_le32(body + CHECK_LIST_OFFSET, c.leaf.list);
	m->covered += m->before != NULL;
	digester_add(&m->all, &c);
	mend_own(rec, CHECK_OWN_OFFSET);
}

/* What is behind the image's END, from a piece on. */
static void
mend_tail(const struct mending *m, size_t from, struct record *rec)
{
	crypto_generichash_state hash;
	uint64_t size = 0;
	bool ended = false;

	crypto_generichash_init(&hash, NULL, 0, DIGEST_HASH_SIZE);
	for (; from < m->count; from++) {
		if (ended) {
			size += m->pieces[from].size;
			crypto_generichash_update(&hash, m->pieces[from].at,
			    m->pieces[from].size);
		}
		ended |= m->pieces[from].kind == PIECE_RECORD &&
		    get_le32(m->pieces[from].at) == REC_END;
	}
	put_le64(rec->body + DIGEST_TAIL_OFFSET, size);
	crypto_generichash_final(&hash, rec->body + DIGEST_TAIL_DIGEST_OFFSET,
	    DIGEST_HASH_SIZE);
}

static void
mend_digest(struct mending *m, size_t at, struct record *rec)
{
	struct digester all = m->all;

	if (rec->length < DIGEST_CONTEXT_OFFSET)
		return;
	digester_end(&all, rec->body + DIGEST_DIGEST_OFFSET);
	put_le64(rec->body + DIGEST_RECORDS_OFFSET, m->covered);
	put_le64(rec->body + DIGEST_BYTES_OFFSET, m->offset);
	mend_tail(m, at, rec);
	mend_own(rec, DIGEST_OWN_OFFSET);
}

static void
mend_compressed(struct record *rec)
{
	uint8_t *body = rec->body;
	uint32_t crc;

	if (rec->length < COMPRESSED_HEADER_SIZE)
		return;
	crc = crc_add(crc_add(CRC_START, body + COMPRESSED_TYPE_OFFSET, 8),
	    body + COMPRESSED_HEADER_SIZE,
	    rec->length - COMPRESSED_HEADER_SIZE);
	if (get_le16(body + OUR_FLAGS_OFFSET) & COMPRESSED_PAGES)
		put_le32(body + COMPRESSED_PACKED_CRC_OFFSET, crc);
	else if (!(get_le16(body + OUR_FLAGS_OFFSET) & COMPRESSED_ZSTD))
		put_le32(body + COMPRESSED_CRC_OFFSET, crc);
}

static void
mend_part(struct mending *m, struct record *rec)
{
	if (rec->length != PART_HEADER_SIZE)
		return;
	memcpy(m->set, rec->body + PART_SET_OFFSET, PART_SET_SIZE);
	put_le32(rec->body + PART_CRC_OFFSET, crc_add(CRC_START, rec->body,
	    PART_CRC_OFFSET));
}

static void
mend_chunk(struct mending *m, struct record *rec)
{
	uint32_t crc = crc_add(CRC_START, m->set, PART_SET_SIZE);

	if (rec->length < PART_PAYLOAD_OFFSET)
		return;
	crc = crc_add(crc, rec->body, PART_CHUNK_CRC_OFFSET);
	put_le32(rec->body + PART_CHUNK_CRC_OFFSET, crc_add(crc,
	    rec->body + PART_PAYLOAD_OFFSET,
	    rec->length - PART_PAYLOAD_OFFSET));
}

static void
mend_record(struct mending *m, size_t at)
{
	const struct piece *p = &m->pieces[at];
	struct record rec = record_of(p);

	switch (rec.type) {
	case REC_CHECK:
		mend_check(m, &rec);
		return;
	case REC_DIGEST:
		mend_digest(m, at, &rec);
		return;
	case REC_COMPRESSED:
		mend_compressed(&rec);
		break;
	case REC_PART_HEADER:
		mend_part(m, &rec);
		break;
	case REC_PART_CHUNK:
		mend_chunk(m, &rec);
		break;
	default:
		break;
	}
	m->before = p;
	m->index++;
	m->offset += p->size;
}

void
mend(uint8_t *bytes, size_t size)
{
	static struct piece pieces[LAYOUT_MAX];
	struct mending m = { .start = bytes, .pieces = pieces };
	size_t i;

	m.count = layout_of(bytes, size, pieces);
	digester_begin(&m.all, false);
	for (i = 0; i < m.count; i++) {
		if (pieces[i].kind == PIECE_RECORD)
			mend_record(&m, i);
		else
			m.offset += pieces[i].size;
	}
}
