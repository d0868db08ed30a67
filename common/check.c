/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "check.h"
#include "crc.h"
#include "ours.h"
#include "pfn_list.h"

#define LEAF_BYTES	(CHECK_OWN_OFFSET - CHECK_INDEX_OFFSET)

static void
put_header(uint8_t *body, unsigned flags, const uint8_t id[CHECK_ID_SIZE])
{
	ours_put(body, flags);
	memcpy(body + CHECK_ID_OFFSET, id, CHECK_ID_SIZE);
}

static void
header_of(const struct record *rec, uint8_t header[RECORD_HEADER_SIZE])
{
	put_le32(header, rec->type);
	put_le32(header + 4, rec->length);
}

/* The CRC of a record whose own CRC is at that place, taken as 0. */
static uint32_t
own_crc(const struct record *rec, size_t place)
{
	static const uint8_t zero[4];
	uint8_t header[RECORD_HEADER_SIZE];
	uint32_t crc;

	header_of(rec, header);
	crc = crc_add(CRC_START, header, sizeof(header));
	crc = crc_add(crc, rec->body, place);
	crc = crc_add(crc, zero, sizeof(zero));
	return crc_add(crc, rec->body + place + 4, rec->size - place - 4);
}

/* Version, flags, length and own CRC. */
static int
open_body(const struct record *rec, size_t length, unsigned flags,
    size_t own, struct fault *f)
{
	if (rec->length < length ||
	    own_crc(rec, own) != get_le32(rec->body + own))
		return record_fault(f, EXIT_INTEGRITY, rec, "damaged");
	return ours_check(rec, flags, f);
}

void
leaf_begin(struct leaf_maker *m, bool blake2b)
{
	m->leaf = (struct leaf){ .crc = CRC_START };
	m->list = 0;
	m->blake2b = blake2b;
	if (blake2b)
		hash_begin(&m->hash, DIGEST_HASH_SIZE);
}

static void
add_bytes(struct leaf_maker *m, const uint8_t *bytes, size_t size)
{
	m->leaf.crc = crc_add(m->leaf.crc, bytes, size);
	if (m->blake2b)
		hash_add(&m->hash, bytes, size);
}

void
leaf_record(struct leaf_maker *m, const struct record *rec, bool blake2b)
{
	uint8_t header[RECORD_HEADER_SIZE];

	header_of(rec, header);
	leaf_begin(m, blake2b);
	add_bytes(m, header, sizeof(header));
	m->list = pfn_list_size(rec);
}

void
leaf_add(struct leaf_maker *m, const uint8_t *bytes, size_t size)
{
	size_t list = m->list < size ? (size_t)m->list : size;

	add_bytes(m, bytes, list);
	m->list -= list;
	if (list > 0 && m->list == 0)
		m->leaf.list = m->leaf.crc;
	add_bytes(m, bytes + list, size - list);
}

void
leaf_end(struct leaf_maker *m)
{
	if (m->blake2b)
		hash_end(&m->hash, m->leaf.hash, DIGEST_HASH_SIZE);
}

void
leaf_of(const struct record *rec, bool blake2b, struct leaf *leaf)
{
	struct leaf_maker m;

	leaf_record(&m, rec, blake2b);
	leaf_add(&m, rec->body, rec->size);
	leaf_end(&m);
	*leaf = m.leaf;
}

int
check_put(const struct check *c, struct record *rec, struct fault *f)
{
	uint8_t *body;

	if (record_reserve(rec, CHECK_SIZE, f) == -1)
		return -1;
	record_set(rec, REC_CHECK, CHECK_SIZE);
	body = rec->body;
	put_header(body, (c->start ? CHECK_START : 0) |
	    (c->blake2b ? CHECK_BLAKE2B : 0), c->id);
	put_le64(body + CHECK_INDEX_OFFSET, c->index);
	put_le64(body + CHECK_OFFSET_OFFSET, c->offset);
	put_le64(body + CHECK_SIZE_OFFSET, c->size);
	put_le32(body + CHECK_TYPE_OFFSET, c->type);
	put_le32(body + CHECK_CRC_OFFSET, c->leaf.crc);
	put_le32(body + CHECK_LIST_OFFSET, c->leaf.list);
	put_le32(body + CHECK_OWN_OFFSET, own_crc(rec, CHECK_OWN_OFFSET));
	return 0;
}

int
check_get(const struct record *rec, struct check *c, struct fault *f)
{
	const uint8_t *body = rec->body;

	if (open_body(rec, CHECK_SIZE, CHECK_START | CHECK_BLAKE2B,
	    CHECK_OWN_OFFSET, f) == -1)
		return -1;
	c->start = get_le16(body + OUR_FLAGS_OFFSET) & CHECK_START;
	c->blake2b = get_le16(body + OUR_FLAGS_OFFSET) & CHECK_BLAKE2B;
	memcpy(c->id, body + CHECK_ID_OFFSET, CHECK_ID_SIZE);
	c->index = get_le64(body + CHECK_INDEX_OFFSET);
	c->offset = get_le64(body + CHECK_OFFSET_OFFSET);
	c->size = get_le64(body + CHECK_SIZE_OFFSET);
	c->type = get_le32(body + CHECK_TYPE_OFFSET);
	c->leaf.crc = get_le32(body + CHECK_CRC_OFFSET);
	c->leaf.list = get_le32(body + CHECK_LIST_OFFSET);
	return 0;
}

int
digest_put(const struct digest *d, struct record *rec, struct fault *f)
{
	size_t context = strlen(d->context);
	uint8_t *body;

	if (record_reserve(rec, record_size((uint32_t)(DIGEST_CONTEXT_OFFSET +
	    context)), f) == -1)
		return -1;
	record_set(rec, REC_DIGEST, (uint32_t)(DIGEST_CONTEXT_OFFSET +
	    context));
	body = rec->body;
	put_header(body, d->blake2b ? DIGEST_BLAKE2B : 0, d->id);
	put_le64(body + DIGEST_RECORDS_OFFSET, d->records);
	put_le64(body + DIGEST_BYTES_OFFSET, d->bytes);
	put_le64(body + DIGEST_TAIL_OFFSET, d->tail);
	memcpy(body + DIGEST_DIGEST_OFFSET, d->all, DIGEST_HASH_SIZE);
	memcpy(body + DIGEST_TAIL_DIGEST_OFFSET, d->tail_hash,
	    DIGEST_HASH_SIZE);
	put_le64(body + DIGEST_TIME_OFFSET, d->time);
	put_le64(body + DIGEST_SEQUENCE_OFFSET, d->sequence);
	memcpy(body + DIGEST_CONTEXT_OFFSET, d->context, context);
	put_le32(body + DIGEST_OWN_OFFSET, own_crc(rec, DIGEST_OWN_OFFSET));
	return 0;
}

int
digest_get(const struct record *rec, struct digest *d, struct fault *f)
{
	const uint8_t *body = rec->body;
	size_t context;

	if (open_body(rec, DIGEST_CONTEXT_OFFSET, DIGEST_BLAKE2B,
	    DIGEST_OWN_OFFSET, f) == -1)
		return -1;
	context = rec->length - DIGEST_CONTEXT_OFFSET;
	if (context > DIGEST_CONTEXT_MAX ||
	    memchr(body + DIGEST_CONTEXT_OFFSET, 0, context) != NULL)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "a context of %zu bytes, or with a NUL", context);
	*d = (struct digest){
		.blake2b = get_le16(body + OUR_FLAGS_OFFSET) &
		    DIGEST_BLAKE2B,
		.records = get_le64(body + DIGEST_RECORDS_OFFSET),
		.bytes = get_le64(body + DIGEST_BYTES_OFFSET),
		.tail = get_le64(body + DIGEST_TAIL_OFFSET),
		.time = get_le64(body + DIGEST_TIME_OFFSET),
		.sequence = get_le64(body + DIGEST_SEQUENCE_OFFSET),
	};
	memcpy(d->id, body + CHECK_ID_OFFSET, CHECK_ID_SIZE);
	memcpy(d->all, body + DIGEST_DIGEST_OFFSET, DIGEST_HASH_SIZE);
	memcpy(d->tail_hash, body + DIGEST_TAIL_DIGEST_OFFSET,
	    DIGEST_HASH_SIZE);
	memcpy(d->context, body + DIGEST_CONTEXT_OFFSET, context);
	return 0;
}

int
signature_put(const char *text, struct record *rec, struct fault *f)
{
	uint32_t length = OUR_HEADER_SIZE + (uint32_t)strlen(text);

	if (record_reserve(rec, record_size(length), f) == -1)
		return -1;
	record_set(rec, REC_SIGNATURE, length);
	ours_put(rec->body, 0);
	memcpy(rec->body + OUR_HEADER_SIZE, text, strlen(text));
	return 0;
}

void
digester_begin(struct digester *d, bool blake2b)
{
	d->blake2b = blake2b;
	hash_begin(&d->hash, DIGEST_HASH_SIZE);
}

void
digester_add(struct digester *d, const struct check *c)
{
	uint8_t bytes[LEAF_BYTES];

	put_le64(bytes, c->index);
	put_le64(bytes + 8, c->offset);
	put_le64(bytes + 16, c->size);
	put_le32(bytes + 24, c->type);
	put_le32(bytes + 28, c->leaf.crc);
	put_le32(bytes + 32, c->leaf.list);
	hash_add(&d->hash, bytes, sizeof(bytes));
	if (d->blake2b)
		hash_add(&d->hash, c->leaf.hash, DIGEST_HASH_SIZE);
}

void
digester_end(struct digester *d, uint8_t all[DIGEST_HASH_SIZE])
{
	hash_end(&d->hash, all, DIGEST_HASH_SIZE);
}
