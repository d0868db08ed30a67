/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include "bytes.h"
#include "ours.h"
#include "seal_chunk.h"
#include "types.h"

#define AD_SIZE	(RECORD_HEADER_SIZE + SEAL_TEXT_OFFSET)

uint32_t
seal_size(const struct seal *s, const struct chunk *c)
{
	return s->padded || !(c->ends || c->checkpoint) ? s->chunk :
	    (uint32_t)record_size(CHUNK_HEADER_SIZE + c->used);
}

uint8_t *
chunk_payload(const struct record *rec)
{
	return rec->body + SEAL_TEXT_OFFSET + CHUNK_HEADER_SIZE;
}

/* e->key becomes that of the chunk's epoch. */
static int
enter_epoch(const struct seal *s, struct seal_epoch *e, uint64_t chunk,
    struct fault *f)
{
	uint64_t number = chunk / SEAL_EPOCH;
	uint8_t text[8], key[SUITE_KEY_SIZE];

	if (e->key != NULL && e->number == number)
		return 0;
	suite_key_free(e->key);
	put_le64(text, number);
	seal_derive(s, "xenrec chunk key", text, sizeof(text), key);
	e->key = suite_key_new(s->suite, s->seals, key);
	e->number = number;
	sodium_memzero(key, sizeof(key));
	return e->key != NULL ? 0 :
	    fault_set(f, EXIT_SYSTEM, "no memory for a key");
}

/* The associated data and the nonce of a chunk whose body has its front. */
static void
frame(const struct record *rec, uint8_t ad[AD_SIZE],
    uint8_t nonce[SUITE_NONCE_SIZE])
{
	put_le32(ad, rec->type);
	put_le32(ad + 4, rec->length);
	memcpy(ad + RECORD_HEADER_SIZE, rec->body, SEAL_TEXT_OFFSET);
	memcpy(nonce, rec->body + SEAL_NUMBER_OFFSET, 8);
	put_le32(nonce + 8, get_le16(rec->body + OUR_FLAGS_OFFSET));
}

int
seal_chunk(const struct seal *s, struct seal_epoch *e,
    const struct chunk *c, struct record *rec, struct fault *f)
{
	uint8_t ad[AD_SIZE], nonce[SUITE_NONCE_SIZE];
	uint8_t *body = rec->body, *text = body + SEAL_TEXT_OFFSET;
	uint32_t size = seal_size(s, c);

	if (enter_epoch(s, e, c->number, f) == -1)
		return -1;
	record_set(rec, REC_SEAL_CHUNK, SEAL_TEXT_OFFSET + size +
	    SEAL_TAG_SIZE);
	ours_put(body, c->last ? SEAL_LAST : 0);
	put_le64(body + SEAL_NUMBER_OFFSET, c->number);
	put_le32(text, c->used);
	put_le32(text + CHUNK_FLAGS_OFFSET, (c->ends ? CHUNK_ENDS : 0) |
	    (c->checkpoint ? CHUNK_CHECKPOINT : 0));
	memset(text + CHUNK_HEADER_SIZE + c->used, 0,
	    size - CHUNK_HEADER_SIZE - c->used);
	frame(rec, ad, nonce);
	if (suite_seal(e->key, text, size, ad, sizeof(ad), nonce) == -1)
		return fault_set(f, EXIT_SYSTEM, "libcrypto cannot encrypt");
	return 0;
}

struct chunk
seal_chunk_of(const struct record *rec)
{
	const uint8_t *text = rec->body + SEAL_TEXT_OFFSET;
	uint32_t flags = get_le32(text + CHUNK_FLAGS_OFFSET);

	return (struct chunk){
		.number = get_le64(rec->body + SEAL_NUMBER_OFFSET),
		.last = get_le16(rec->body + OUR_FLAGS_OFFSET) & SEAL_LAST,
		.ends = flags & CHUNK_ENDS,
		.checkpoint = flags & CHUNK_CHECKPOINT,
		.used = get_le32(text),
	};
}

/* Whether an authentic chunk of so many bytes is one. */
static bool
is_chunk(const struct record *rec, uint32_t size)
{
	const uint8_t *text = rec->body + SEAL_TEXT_OFFSET;
	uint32_t used = get_le32(text);

	return used <= size - CHUNK_HEADER_SIZE &&
	    (get_le32(text + CHUNK_FLAGS_OFFSET) &
	    ~(CHUNK_ENDS | CHUNK_CHECKPOINT)) == 0 &&
	    sodium_is_zero(text + CHUNK_HEADER_SIZE + used,
	    size - CHUNK_HEADER_SIZE - used);
}

int
seal_open(const struct seal *s, struct seal_epoch *e, uint64_t number,
    struct record *rec, struct fault *f)
{
	uint8_t ad[AD_SIZE], nonce[SUITE_NONCE_SIZE];
	uint64_t its;
	uint32_t size;

	if (rec->type != REC_SEAL_CHUNK || !type_is_ours(rec))
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "no chunk, where one is due");
	if (rec->length < SEAL_TEXT_OFFSET + CHUNK_HEADER_SIZE +
	    SEAL_TAG_SIZE || rec->length > SEAL_TEXT_OFFSET + s->chunk +
	    SEAL_TAG_SIZE || rec->length % 8 != 0 ||
	    get_le16(rec->body) != OUR_VERSION ||
	    get_le16(rec->body + OUR_FLAGS_OFFSET) & ~SEAL_LAST)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged: no chunk is like that");
	its = get_le64(rec->body + SEAL_NUMBER_OFFSET);
	if (its != number)
		return record_fault(f, EXIT_INTEGRITY, rec, "chunk %" PRIu64
		    ", where %" PRIu64 " is due", its, number);
	if (enter_epoch(s, e, number, f) == -1)
		return -1;
	size = rec->length - SEAL_TEXT_OFFSET - SEAL_TAG_SIZE;
	frame(rec, ad, nonce);
	if (suite_open(e->key, rec->body + SEAL_TEXT_OFFSET, size, ad,
	    sizeof(ad), nonce) == -1)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged, or of another container");
	if (!is_chunk(rec, size))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "authentic, but not what a chunk is");
	return 0;
}

uint64_t
seal_padding(uint64_t count)
{
	unsigned e = 0, f = 0;
	uint64_t mask;

	while (count >> e > 1)
		e++;
	while (e >> f > 0)
		f++;
	mask = (UINT64_C(1) << (e > f ? e - f : 0)) - 1;
	return ((count + mask) & ~mask) - count;
}

void
seal_epoch_free(struct seal_epoch *e)
{
	suite_key_free(e->key);
	e->key = NULL;
}
