/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "stream.h"
#include "types.h"
#include "unseal.h"

/* The stream key, from the envelope, and whether the header fits it. */
static int
unlock(struct unseal *u, const struct record *rec, struct fault *f)
{
	struct seal_header h;
	uint8_t *key;
	int result;

	if (seal_look(rec, &h, f) == -1)
		return -1;
	if (memcmp(u->image, seal_image, IMAGE_HEADERS_SIZE) != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "the headers "
		    "before it are not those of a container");
	if ((key = sodium_malloc(SEAL_KEY_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a key");
	result = u->unwrap(u->keys, h.envelope, h.envelope_size, key, f);
	if (result == 0)
		result = seal_unlock(&u->seal, u->image, rec, &h, key, f);
	sodium_free(key);
	return result;
}

static bool
is_header(const struct record *rec)
{
	return rec->part == PART_RECORD && rec->index == 0 &&
	    rec->type == REC_SEAL_HEADER && type_is_ours(rec);
}

int
unseal_first(void *worker, struct record *rec, struct fault *f)
{
	struct unsealer *w = worker;
	struct unseal *u = w->shared;

	if (rec->part == PART_IMAGE && !u->has_image) {
		memcpy(u->image, rec->body, IMAGE_HEADERS_SIZE);
		u->has_image = true;
		return 0;
	}
	if (!u->has_image || (rec->index == 0 && rec->part == PART_RECORD &&
	    !is_header(rec))) {
		fault_set(f, EXIT_REFUSED, "the stream is not encrypted");
		return fault_hint(f, "it is not packed this way; rec-ls says "
		    "what it is");
	}
	return is_header(rec) ? unlock(u, rec, f) : 0;
}

int
unseal_work(void *worker, struct record *rec, struct fault *f)
{
	struct unsealer *w = worker;

	if (rec->part != PART_RECORD || rec->type == REC_END ||
	    is_header(rec))
		return 0;
	return seal_open(&w->shared->seal, &w->epoch, rec->index - 1, rec,
	    &w->chunk, f);
}

static int
write_payload(struct unseal *u, const struct record *rec,
    const struct chunk *c, struct sink *out, struct fault *f)
{
	struct iovec iov = {
		.iov_base = chunk_payload(rec), .iov_len = c->used,
	};

	u->payload += c->used;
	u->checkpoints += c->checkpoint;
	return sink_write(out, &iov, 1, f);
}

static int
take_chunk(struct unseal *u, struct record *rec, const struct chunk *c,
    struct sink *out, struct fault *f)
{
	if (u->last)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "comes behind the last chunk");
	if (u->ended && (c->used > 0 || c->ends || c->checkpoint))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "authentic, but has payload behind its end");
	u->chunks++;
	u->last = c->last;
	if (u->last && !u->ended && !c->ends)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "authentic, but the last chunk, and the payload's end "
		    "did not come");
	if (!c->ends)
		return write_payload(u, rec, c, out, f);
	u->ended = true;
	u->end_chunk = *c;
	record_move(&u->end, rec);
	return 0;
}

static int
take_end(struct unseal *u, const struct record *rec, struct sink *out,
    struct fault *f)
{
	if (!u->last)
		return record_fault(f, EXIT_INTEGRITY, rec, "no last chunk "
		    "came before it: chunks are missing");
	return write_payload(u, &u->end, &u->end_chunk, out, f);
}

int
unseal_write(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	struct unsealer *w = worker;
	struct unseal *u = w->shared;

	if (rec->part == PART_REST)
		return stream_write(out, rec, f);
	if (rec->part != PART_RECORD || is_header(rec))
		return 0;
	if (rec->type == REC_END)
		return take_end(u, rec, out, f);
	return take_chunk(u, rec, &w->chunk, out, f);
}

void
unseal_free(struct unseal *u)
{
	seal_free(&u->seal);
	record_free(&u->end);
}
