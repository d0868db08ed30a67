/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "stream.h"
#include "types.h"
#include "verify.h"

static bool
is(const struct record *rec, uint32_t type)
{
	return rec->type == type && type_is_ours(rec);
}

/* That a CHECK is of this stream, and comes in its place. */
static int
check_place(const struct verification *v, const struct record *rec,
    const struct check *c, struct fault *f)
{
	if (memcmp(c->id, v->id, CHECK_ID_SIZE) != 0)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "of another stream");
	if (c->start)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "is that of the stream's start");
	if (c->index < v->records)
		return record_fault(f, EXIT_INTEGRITY, rec, "is that of "
		    "record %" PRIu64 ", which came before", c->index);
	if (c->index > v->records)
		return record_fault(f, EXIT_INTEGRITY, rec, "is that of "
		    "record %" PRIu64 ": %" PRIu64 " before it are missing",
		    c->index, c->index - v->records);
	if (c->offset != v->bytes)
		return record_fault(f, EXIT_INTEGRITY, rec, "is that of byte "
		    "%" PRIu64 ", not %" PRIu64, c->offset, v->bytes);
	return 0;
}

/* The CHECK of the record that came. */
static int
take_check(struct verification *v, const struct record *rec, struct fault *f)
{
	const struct record *its = &v->record;
	struct check c;

	if (!is(rec, REC_CHECK))
		return record_fault(f, EXIT_INTEGRITY, its,
		    "damaged: no CHECK comes behind it");
	if (check_get(rec, &c, f) == -1 || check_place(v, rec, &c, f) == -1)
		return -1;
	if (c.size != RECORD_HEADER_SIZE + its->size ||
	    c.type != its->type || c.leaf.crc != v->leaf.crc ||
	    c.leaf.list != v->leaf.list)
		return record_fault(f, EXIT_INTEGRITY, its,
		    "damaged: its CHECK is of other bytes");
	memcpy(c.leaf.hash, v->leaf.hash, DIGEST_HASH_SIZE);
	digester_add(&v->all, &c);
	v->records++;
	v->bytes += c.size;
	v->state = AWAIT_RECORD;
	return VERIFY_CHECK;
}

/* What stands around the image. */
static int
take_around(struct verification *v, const struct record *rec)
{
	if (!v->begun) {
		v->begun = true;
		v->nested = rec->part != PART_IMAGE;
		leaf_begin(&v->start, true);
	}
	leaf_add(&v->start, rec->body, rec->size);
	v->start_size += rec->size;
	return VERIFY_AROUND;
}

/* Without check data: an attack, or the wrong stream. */
static int
unchecked(struct verification *v, const struct record *rec, struct fault *f)
{
	if (v->allow_unchecked) {
		v->state = NOTHING_TO_VERIFY;
		return VERIFY_PASSED;
	}
	record_fault(f, EXIT_INTEGRITY, rec, "the stream has no check data, "
	    "or it was taken off");
	return fault_hint(f, "if that is as it should be: --allow-unchecked");
}

/* The first record: the CHECK of what stands before it. */
static int
take_start(struct verification *v, const struct record *rec, struct fault *f)
{
	struct check c;

	if (!is(rec, REC_CHECK))
		return unchecked(v, rec, f);
	if (check_get(rec, &c, f) == -1)
		return -1;
	leaf_end(&v->start);
	if (!c.start || c.index != 0 || c.offset != 0 ||
	    c.size != v->start_size || c.leaf.crc != v->start.leaf.crc)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "what stands before it is damaged");
	c.leaf = v->start.leaf;
	memcpy(v->id, c.id, CHECK_ID_SIZE);
	v->bytes = c.size;
	digester_begin(&v->all, c.blake2b);
	digester_add(&v->all, &c);
	v->state = AWAIT_RECORD;
	return VERIFY_CHECK;
}

static int
take_digest(struct verification *v, const struct record *rec,
    struct fault *f)
{
	uint8_t all[DIGEST_HASH_SIZE];
	struct digest *d = &v->digest;

	if (digest_get(rec, d, f) == -1)
		return -1;
	digester_end(&v->all, all);
	if (memcmp(d->id, v->id, CHECK_ID_SIZE) != 0)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "of another stream");
	if (d->records != v->records || d->bytes != v->bytes)
		return record_fault(f, EXIT_INTEGRITY, rec, "is of %" PRIu64
		    " records, not %" PRIu64, d->records, v->records);
	if (memcmp(d->all, all, DIGEST_HASH_SIZE) != 0 ||
	    d->blake2b != v->all.blake2b)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "is that of other records");
	memcpy(v->digest_body, rec->body, rec->length);
	v->digest_length = rec->length;
	v->state = AWAIT_END;
	return VERIFY_CHECK;
}

/* A record where one is due. */
static int
take_record(struct verification *v, const struct record *rec,
    const struct leaf *leaf, struct fault *f)
{
	struct check c;

	if (is(rec, REC_DIGEST))
		return take_digest(v, rec, f);
	if (rec->type == REC_END)
		return record_fault(f, EXIT_INTEGRITY, rec, "no DIGEST came "
		    "before it: records are missing");
	if (rec->type == REC_CHECKPOINT)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "there is none in checked streams");
	if (!is(rec, REC_CHECK)) {
		v->record = *rec;
		v->record.body = NULL;
		v->leaf = *leaf;
		v->state = AWAIT_CHECK;
		return VERIFY_RECORD;
	}
	if (check_get(rec, &c, f) == -1 || check_place(v, rec, &c, f) == -1)
		return -1;
	return record_fault(f, EXIT_INTEGRITY, rec,
	    "the record that it covers is missing");
}

static int
take_signature(struct verification *v, const struct record *rec,
    struct fault *f)
{
	struct fault why;

	v->has_signature = true;
	if (v->signer == NULL)
		return VERIFY_CHECK;
	if (!v->digest.blake2b)
		return record_fault(f, EXIT_INTEGRITY, rec, "is of a DIGEST "
		    "that anybody can forge: it is not of BLAKE2b");
	if (minisign_verify(v->signer, v->digest_body, v->digest_length,
	    (const char *)rec->body + OUR_HEADER_SIZE,
	    rec->length - OUR_HEADER_SIZE, &why) == -1)
		return record_fault(f, EXIT_INTEGRITY, rec, "%s", why.text);
	if (v->digest.sequence <= v->newer_than && v->newer_than > 0)
		return record_fault(f, EXIT_REFUSED, rec, "signed as number "
		    "%" PRIu64 ", only what is newer than %" PRIu64
		    " is taken", v->digest.sequence, v->newer_than);
	v->is_signed = true;
	return VERIFY_CHECK;
}

/* The outermost END. */
static int
finish(struct verification *v, const struct record *rec, struct fault *f)
{
	uint8_t hash[DIGEST_HASH_SIZE];

	hash_end(&v->tail, hash, sizeof(hash));
	if (v->digest.tail != v->tail_size ||
	    memcmp(hash, v->digest.tail_hash, sizeof(hash)) != 0)
		return record_fault(f, EXIT_INTEGRITY, rec, "damaged: %" PRIu64
		    " bytes behind the image's END are not those of its "
		    "DIGEST", v->tail_size);
	v->state = ALL_VERIFIED;
	return VERIFY_LAST;
}

static int
take_end(struct verification *v, const struct record *rec, struct fault *f)
{
	if (is(rec, REC_SIGNATURE) && !v->has_signature)
		return take_signature(v, rec, f);
	if (rec->part != PART_RECORD || rec->type != REC_END)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "comes behind DIGEST");
	if (v->signer != NULL && !v->is_signed)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "no SIGNATURE comes before it");
	hash_begin(&v->tail, DIGEST_HASH_SIZE);
	v->state = AWAIT_TAIL;
	return v->nested ? VERIFY_AROUND : finish(v, rec, f);
}

static int
take_tail(struct verification *v, const struct record *rec, struct fault *f)
{
	hash_add(&v->tail, rec->body, rec->size);
	v->tail_size += rec->size;
	return rec->part == PART_LIBXL && rec->type == LIBXL_END ?
	    finish(v, rec, f) : VERIFY_AROUND;
}

int
verify_piece(struct verification *v, const struct record *rec,
    const struct leaf *leaf, struct fault *f)
{
	switch (v->state) {
	case AWAIT_RECORDS:
		return rec->part == PART_RECORD ? take_start(v, rec, f) :
		    take_around(v, rec);
	case AWAIT_RECORD:
		return take_record(v, rec, leaf, f);
	case AWAIT_CHECK:
		return take_check(v, rec, f);
	case AWAIT_END:
		return take_end(v, rec, f);
	case AWAIT_TAIL:
		return take_tail(v, rec, f);
	case NOTHING_TO_VERIFY:
		if (rec->part == PART_RECORD && type_is_check(rec))
			return record_fault(f, EXIT_INTEGRITY, rec,
			    "no CHECK stands at the stream's start");
		return VERIFY_PASSED;
	default:
		return VERIFY_PASSED;
	}
}
