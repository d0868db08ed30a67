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
	return type_is_ours(rec) && rec->type == type;
}

bool
verify_pairs(const struct record *rec)
{
	return type_has_layers(rec) && !type_is_check(rec);
}

void
verify_arrived(void *worker, const struct record *rec, size_t from,
    size_t size)
{
	struct verifier *w = worker;

	if (w->shared->blake2b)
		return;
	if (from == 0)
		leaf_record(&w->crc, rec, false);
	leaf_add(&w->crc, rec->body + from, size);
}

int
verify_first(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	/* Whether that CHECK is sound turns out when it is verified. */
	if (rec->index == 0 && is(rec, REC_CHECK))
		w->shared->blake2b = get_le16(rec->body + OUR_FLAGS_OFFSET) &
		    CHECK_BLAKE2B;
	w->blake2b = w->shared->blake2b;
	if (!w->blake2b && !is(rec, REC_CHECK))
		w->leaf = w->crc.leaf;
	return 0;
}

int
verify_work(void *worker, struct record *rec, struct fault *f)
{
	struct verifier *w = worker;

	(void)f;
	if (w->blake2b && verify_pairs(rec))
		leaf_of(rec, true, &w->leaf);
	return 0;
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

/* The CHECK of the record that is held. */
static int
take_check(struct verification *v, const struct record *rec,
    struct sink *out, struct fault *f)
{
	const struct record *held = v->held;
	struct check c;

	if (!is(rec, REC_CHECK))
		return record_fault(f, EXIT_INTEGRITY, held,
		    "damaged: no CHECK comes behind it");
	if (check_get(rec, &c, f) == -1 || check_place(v, rec, &c, f) == -1)
		return -1;
	if (c.size != RECORD_HEADER_SIZE + held->size ||
	    c.type != held->type || c.leaf.crc != v->leaf.crc)
		return record_fault(f, EXIT_INTEGRITY, held,
		    "damaged: its CHECK is of other bytes");
	memcpy(c.leaf.hash, v->leaf.hash, DIGEST_HASH_SIZE);
	digester_add(&v->all, &c);
	v->records++;
	v->bytes += c.size;
	v->state = VERIFY_RECORD;
	return stream_write(out, held, f);
}

/* Without check data: an attack, or the wrong stream. */
static int
unchecked(struct verification *v, const struct record *rec,
    struct sink *out, struct fault *f)
{
	if (!v->allow_unchecked) {
		record_fault(f, EXIT_INTEGRITY, rec, "the stream has no "
		    "check data, or it was taken off");
		return fault_hint(f, "if that is as it should be: "
		    "--allow-unchecked");
	}
	v->state = VERIFY_PASS;
	if (hold_write(&v->around, out, f) == -1)
		return -1;
	return stream_write(out, rec, f);
}

/* The first record: the CHECK of what stands before it. */
static int
take_start(struct verification *v, const struct record *rec,
    struct sink *out, struct fault *f)
{
	struct leaf_maker m;
	struct check c;

	if (!is(rec, REC_CHECK))
		return unchecked(v, rec, out, f);
	if (check_get(rec, &c, f) == -1)
		return -1;
	leaf_begin(&m, c.blake2b);
	leaf_add(&m, v->around.buffer.body, v->around.size);
	leaf_end(&m);
	if (!c.start || c.index != 0 || c.offset != 0 ||
	    c.size != v->around.size || c.leaf.crc != m.leaf.crc)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "what stands before it is damaged");
	c.leaf = m.leaf;
	memcpy(v->id, c.id, CHECK_ID_SIZE);
	v->bytes = c.size;
	digester_begin(&v->all, c.blake2b);
	digester_add(&v->all, &c);
	v->state = VERIFY_RECORD;
	return hold_write(&v->around, out, f);
}

static int
take_digest(struct verification *v, struct record *rec, struct fault *f)
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
	record_swap(&v->digest_record, rec);
	v->digest_record.length = rec->length;
	v->state = VERIFY_END;
	return 0;
}

/* A record where one is due. */
static int
take_record(struct verification *v, struct record *rec,
    const struct leaf *leaf, struct fault *f)
{
	struct check c;

	if (is(rec, REC_DIGEST))
		return take_digest(v, rec, f);
	if (is(rec, REC_CHECK)) {
		if (check_get(rec, &c, f) == -1 ||
		    check_place(v, rec, &c, f) == -1)
			return -1;
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "the record that it covers is missing");
	}
	if (rec->type == REC_END)
		return record_fault(f, EXIT_INTEGRITY, rec, "no DIGEST came "
		    "before it: records are missing");
	if (!verify_pairs(rec))
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "has no place in a checked stream");
	v->held = rec;
	v->leaf = *leaf;
	v->state = VERIFY_CHECK;
	return 0;
}

/* The outermost END came: all that was held is verified, and goes out. */
static int
finish(struct verification *v, const struct record *rec, struct sink *out,
    struct fault *f)
{
	uint8_t hash[DIGEST_HASH_SIZE];

	crypto_generichash(hash, sizeof(hash), v->around.buffer.body,
	    v->around.size, NULL, 0);
	if (v->digest.tail != v->around.size ||
	    memcmp(hash, v->digest.tail_hash, sizeof(hash)) != 0)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged: %" PRIu64 " bytes behind the image's END are "
		    "not those of its DIGEST", (uint64_t)v->around.size);
	v->state = VERIFY_DONE;
	if (stream_write(out, &record_end, f) == -1)
		return -1;
	return hold_write(&v->around, out, f);
}

static int
take_signature(struct verification *v, const struct record *rec,
    struct fault *f)
{
	struct fault why;

	if (v->signer == NULL)
		return 0;
	if (!v->digest.blake2b)
		return record_fault(f, EXIT_INTEGRITY, rec, "is of a DIGEST "
		    "that anybody can forge: it is not of BLAKE2b");
	if (minisign_verify(v->signer, v->digest_record.body,
	    v->digest_record.length, (const char *)rec->body +
	    OUR_HEADER_SIZE, rec->length - OUR_HEADER_SIZE, &why) == -1)
		return record_fault(f, EXIT_INTEGRITY, rec, "%s", why.text);
	if (v->digest.sequence <= v->newer_than && v->newer_than > 0)
		return record_fault(f, EXIT_REFUSED, rec, "signed as number "
		    "%" PRIu64 ", only what is newer than %" PRIu64
		    " is taken", v->digest.sequence, v->newer_than);
	v->is_signed = true;
	return 0;
}

static int
take_end(struct verification *v, const struct record *rec, struct sink *out,
    struct fault *f)
{
	if (is(rec, REC_SIGNATURE) && !v->has_signature) {
		v->has_signature = true;
		return take_signature(v, rec, f);
	}
	if (rec->part != PART_RECORD || rec->type != REC_END)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "comes behind DIGEST");
	if (v->signer != NULL && !v->is_signed)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "no SIGNATURE comes before it");
	v->state = VERIFY_TAIL;
	return v->nested ? 0 : finish(v, rec, out, f);
}

static int
take_tail(struct verification *v, const struct record *rec,
    struct sink *out, struct fault *f)
{
	if (hold_add(&v->around, rec, f) == -1)
		return -1;
	if (rec->part != PART_LIBXL || rec->type != LIBXL_END)
		return 0;
	return finish(v, rec, out, f);
}

int
verify_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	struct verifier *w = worker;
	struct verification *v = w->shared;

	if (!v->begun) {
		v->begun = true;
		v->nested = rec->part != PART_IMAGE;
	}
	switch (v->state) {
	case VERIFY_START:
		return rec->part == PART_RECORD ? take_start(v, rec, out, f) :
		    hold_add(&v->around, rec, f);
	case VERIFY_RECORD:
		return take_record(v, rec, &w->leaf, f);
	case VERIFY_CHECK:
		return take_check(v, rec, out, f);
	case VERIFY_END:
		return take_end(v, rec, out, f);
	case VERIFY_TAIL:
		return take_tail(v, rec, out, f);
	default:
		return stream_write(out, rec, f);
	}
}

void
verify_free(struct verification *v)
{
	hold_free(&v->around);
	record_free(&v->digest_record);
}
