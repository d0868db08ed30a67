/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include "bytes.h"
#include "container.h"
#include "ours.h"
#include "seal.h"
#include "types.h"

/* H: image is the 40 bytes, and the body counts up to the commitment. */
static void
hash_headers(uint8_t hash[SEAL_HASH_SIZE],
    const uint8_t image[IMAGE_HEADERS_SIZE], const struct record *rec)
{
	uint8_t header[RECORD_HEADER_SIZE];
	crypto_generichash_state state;

	put_le32(header, rec->type);
	put_le32(header + 4, rec->length);
	crypto_generichash_init(&state, NULL, 0, SEAL_HASH_SIZE);
	crypto_generichash_update(&state, image, IMAGE_HEADERS_SIZE);
	crypto_generichash_update(&state, header, sizeof(header));
	crypto_generichash_update(&state, rec->body,
	    rec->length - SEAL_COMMITMENT_SIZE);
	crypto_generichash_final(&state, hash, SEAL_HASH_SIZE);
}

void
seal_derive(const struct seal *s, const char *text, const uint8_t *more,
    size_t size, uint8_t out[SUITE_KEY_SIZE])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, s->key, SEAL_KEY_SIZE,
	    SUITE_KEY_SIZE);
	crypto_generichash_update(&state, (const uint8_t *)text,
	    strlen(text));
	crypto_generichash_update(&state, s->hash, sizeof(s->hash));
	crypto_generichash_update(&state, more, size);
	crypto_generichash_final(&state, out, SUITE_KEY_SIZE);
	sodium_memzero(&state, sizeof(state));
}

static void
commit(const struct seal *s, uint8_t commitment[SEAL_COMMITMENT_SIZE])
{
	seal_derive(s, "xenrec commitment", NULL, 0, commitment);
}

static int
keep_key(struct seal *s, const uint8_t key[SEAL_KEY_SIZE], struct fault *f)
{
	if ((s->key = sodium_malloc(SEAL_KEY_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a key");
	memcpy(s->key, key, SEAL_KEY_SIZE);
	return 0;
}

int
seal_begin(struct seal *s, const uint8_t key[SEAL_KEY_SIZE],
    const uint8_t *envelope, size_t size, struct record *rec,
    struct fault *f)
{
	size_t end = SEAL_ENVELOPE_OFFSET + record_size((uint32_t)size);
	uint8_t *body;

	s->seals = true;
	if (record_reserve(rec, end + SEAL_COMMITMENT_SIZE, f) == -1 ||
	    keep_key(s, key, f) == -1)
		return -1;
	record_set(rec, REC_SEAL_HEADER,
	    (uint32_t)(end + SEAL_COMMITMENT_SIZE));
	body = rec->body;
	memset(body, 0, end);
	ours_put(body, s->padded ? SEAL_PADDED : 0);
	put_le16(body + SEAL_SUITE_OFFSET, (uint16_t)s->suite);
	put_le32(body + SEAL_CHUNK_OFFSET, s->chunk);
	randombytes_buf(body + SEAL_SALT_OFFSET, SEAL_SALT_SIZE);
	put_le32(body + SEAL_LENGTH_OFFSET, (uint32_t)size);
	memcpy(body + SEAL_ENVELOPE_OFFSET, envelope, size);
	hash_headers(s->hash, container_image, rec);
	commit(s, body + end);
	return 0;
}

/* Whether what is behind the envelope and the reserved fields is zero. */
static bool
reserved_is_zero(const uint8_t *body, uint32_t envelope)
{
	const uint8_t *end = body + SEAL_ENVELOPE_OFFSET + envelope;

	return get_le16(body + SEAL_SUITE_OFFSET + 2) == 0 &&
	    get_le32(body + SEAL_LENGTH_OFFSET + 4) == 0 &&
	    (record_size(envelope) == envelope ||
	    sodium_is_zero(end, record_size(envelope) - envelope));
}

int
seal_look(const struct record *rec, struct seal_header *h, struct fault *f)
{
	const uint8_t *body = rec->body;

	if (ours_check(rec, SEAL_PADDED, f) == -1)
		return -1;
	if (rec->length < SEAL_ENVELOPE_OFFSET + SEAL_COMMITMENT_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", a header takes more", rec->length);
	*h = (struct seal_header){
		.suite = get_le16(body + SEAL_SUITE_OFFSET),
		.padded = ours_flags(rec) & SEAL_PADDED,
		.chunk = get_le32(body + SEAL_CHUNK_OFFSET),
		.envelope = body + SEAL_ENVELOPE_OFFSET,
		.envelope_size = get_le32(body + SEAL_LENGTH_OFFSET),
		.commitment = body + rec->length - SEAL_COMMITMENT_SIZE,
	};
	if (suite_name(h->suite) == NULL)
		return record_fault(f, EXIT_REFUSED, rec,
		    "cipher %u is not known", h->suite);
	if (h->envelope_size > SEAL_ENVELOPE_MAX)
		return record_fault(f, EXIT_REFUSED, rec, "an envelope of "
		    "%" PRIu32 " bytes, the limit is %u", h->envelope_size,
		    SEAL_ENVELOPE_MAX);
	if (h->chunk < SEAL_CHUNK_MIN || h->chunk > SEAL_CHUNK_MAX ||
	    (h->chunk & (h->chunk - 1)) != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "chunks of %"
		    PRIu32 " bytes", h->chunk);
	if (rec->length != SEAL_ENVELOPE_OFFSET +
	    record_size(h->envelope_size) + SEAL_COMMITMENT_SIZE ||
	    !reserved_is_zero(body, h->envelope_size))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "not as long as its envelope says, or reserved fields "
		    "are not zero");
	return 0;
}

int
seal_unlock(struct seal *s, const uint8_t image[IMAGE_HEADERS_SIZE],
    const struct record *rec, const struct seal_header *h,
    const uint8_t key[SEAL_KEY_SIZE], struct fault *f)
{
	uint8_t commitment[SEAL_COMMITMENT_SIZE];

	s->suite = h->suite;
	s->seals = false;
	s->padded = h->padded;
	s->chunk = h->chunk;
	if (keep_key(s, key, f) == -1)
		return -1;
	hash_headers(s->hash, image, rec);
	commit(s, commitment);
	if (sodium_memcmp(commitment, h->commitment,
	    sizeof(commitment)) != 0)
		return record_fault(f, EXIT_INTEGRITY, rec, "damaged: the key "
		    "fits its envelope, but not the rest of the header");
	return 0;
}

void
seal_free(struct seal *s)
{
	sodium_free(s->key);
	s->key = NULL;
}
