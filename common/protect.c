/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "protect.h"
#include "stream.h"
#include "types.h"

int
protect_work(void *worker, struct record *rec, struct fault *f)
{
	struct protector *w = worker;

	(void)f;
	if (w->shared->blake2b && type_has_layers(rec))
		leaf_of(rec, true, &w->leaf);
	return 0;
}

static void
begin(struct protection *p, const struct record *rec)
{
	p->begun = true;
	p->nested = rec->part != PART_IMAGE;
	leaf_begin(&p->leaf, p->blake2b);
	digester_begin(&p->all, p->blake2b);
}

/* A CHECK for size bytes more. */
static int
write_check(struct protection *p, struct check *c, uint64_t size,
    struct sink *out, struct fault *f)
{
	c->blake2b = p->blake2b;
	memcpy(c->id, p->id, CHECK_ID_SIZE);
	c->index = p->records;
	c->offset = c->start ? 0 : p->bytes;
	c->size = size;
	if (!c->start) {
		p->records++;
		p->bytes += size;
	}
	digester_add(&p->all, c);
	if (check_put(c, &p->extra, f) == -1)
		return -1;
	return stream_write(out, &p->extra, f);
}

/* What stands before the records, the image's headers last. */
static int
write_start(struct protection *p, const struct record *rec, struct sink *out,
    struct fault *f)
{
	struct check c = { .start = true };

	leaf_add(&p->leaf, rec->body, rec->size);
	p->bytes += rec->size;
	if (stream_write(out, rec, f) == -1)
		return -1;
	if (rec->part != PART_IMAGE)
		return 0;
	leaf_end(&p->leaf);
	c.leaf = p->leaf.leaf;
	return write_check(p, &c, p->bytes, out, f);
}

static int
refuse(const struct record *rec, struct fault *f)
{
	if (rec->type == REC_CHECKPOINT) {
		record_fault(f, EXIT_REFUSED, rec, "Xen's restorer takes no "
		    "checks in a checkpointed stream");
		return fault_hint(f, "put it into a container first: "
		    "rec-encrypt, rec-split");
	}
	record_fault(f, EXIT_REFUSED, rec, "check data in a stream without "
	    "this layer");
	return fault_hint(f, "where does it come from?  rec-ls shows it");
}

/* A record, or a piece of one. */
static int
write_record(struct protector *w, const struct record *rec,
    struct sink *out, struct fault *f)
{
	struct protection *p = w->shared;
	struct check c = { .type = rec->type };

	if (rec->part == PART_RECORD) {
		if (rec->type == REC_CHECKPOINT || type_is_check(rec))
			return refuse(rec, f);
		p->left = record_size(rec->length);
		leaf_record(&p->leaf, rec, false);
	}
	if (!p->blake2b)
		leaf_add(&p->leaf, rec->body, rec->size);
	p->left -= rec->size;
	if (stream_write(out, rec, f) == -1)
		return -1;
	if (p->left > 0)
		return 0;
	c.leaf = p->blake2b ? w->leaf : p->leaf.leaf;
	return write_check(p, &c, RECORD_HEADER_SIZE +
	    record_size(rec->length), out, f);
}

/* The record's signature as SIGNATURE; what it is of is in p->extra. */
static int
write_signature(struct protection *p, struct sink *out, struct fault *f)
{
	char text[MINISIGN_TEXT_MAX], comment[128];

	snprintf(comment, sizeof(comment), "timestamp:%" PRIu64
	    "\tfile:DIGEST\thashed", p->time);
	minisign_sign(p->sign, p->extra.body, p->extra.length, comment, text);
	if (signature_put(text, &p->extra, f) == -1)
		return -1;
	return stream_write(out, &p->extra, f);
}

/* All is known now: DIGEST, END, and what was behind it. */
static int
write_end(struct protection *p, struct sink *out, struct fault *f)
{
	struct digest d = {
		.blake2b = p->blake2b, .records = p->records,
		.bytes = p->bytes, .tail = p->tail.size,
		.time = p->time, .sequence = p->sequence,
	};

	memcpy(d.id, p->id, CHECK_ID_SIZE);
	if (p->context != NULL)
		memcpy(d.context, p->context, strlen(p->context));
	digester_end(&p->all, d.all);
	crypto_generichash(d.tail_hash, sizeof(d.tail_hash),
	    p->tail.buffer.body, p->tail.size, NULL, 0);
	if (digest_put(&d, &p->extra, f) == -1 ||
	    stream_write(out, &p->extra, f) == -1 || (p->sign != NULL &&
	    write_signature(p, out, f) == -1) ||
	    stream_write(out, &record_end, f) == -1)
		return -1;
	return hold_write(&p->tail, out, f);
}

int
protect_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	struct protector *w = worker;
	struct protection *p = w->shared;

	if (rec->part == PART_REST)
		return stream_write(out, rec, f);
	if (!p->begun)
		begin(p, rec);
	if (p->behind) {
		if (hold_add(&p->tail, rec, f) == -1)
			return -1;
		return rec->part == PART_LIBXL && rec->type == LIBXL_END ?
		    write_end(p, out, f) : 0;
	}
	if (rec->part != PART_RECORD && rec->part != PART_BODY)
		return write_start(p, rec, out, f);
	if (rec->type != REC_END)
		return write_record(w, rec, out, f);
	p->behind = true;
	return p->nested ? 0 : write_end(p, out, f);
}

void
protect_free(struct protection *p)
{
	hold_free(&p->tail);
	record_free(&p->extra);
}
