/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include <sodium.h>

#include "bytes.h"
#include "seal.h"
#include "types.h"

#define AD_SIZE	(RECORD_HEADER_SIZE + SEAL_TEXT_OFFSET)

/* Version 3 of the image format; type 0, 4 KiB pages, from no Xen. */
const uint8_t seal_image[IMAGE_HEADERS_SIZE] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	'X', 'E', 'N', 'F', 0, 0, 0, 3,
	[DOMAIN_PAGE_SHIFT_OFFSET] = 12,
};

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

/* BLAKE2b-256, keyed with the stream key, of text, H and more. */
static void
derive(const struct seal *s, const char *text, const uint8_t *more,
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
	derive(s, "xenrec commitment", NULL, 0, commitment);
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
	put_le16(body, OUR_VERSION);
	put_le16(body + OUR_FLAGS_OFFSET, s->padded ? SEAL_PADDED : 0);
	memcpy(body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4);
	put_le16(body + SEAL_SUITE_OFFSET, (uint16_t)s->suite);
	put_le32(body + SEAL_CHUNK_OFFSET, s->chunk);
	randombytes_buf(body + SEAL_SALT_OFFSET, SEAL_SALT_SIZE);
	put_le32(body + SEAL_LENGTH_OFFSET, (uint32_t)size);
	memcpy(body + SEAL_ENVELOPE_OFFSET, envelope, size);
	hash_headers(s->hash, seal_image, rec);
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

	if (get_le16(body) != OUR_VERSION ||
	    get_le16(body + OUR_FLAGS_OFFSET) & ~SEAL_PADDED)
		return record_fault(f, EXIT_REFUSED, rec,
		    "version %u with flags 0x%04x, known is version %u",
		    get_le16(body), get_le16(body + OUR_FLAGS_OFFSET),
		    OUR_VERSION);
	if (rec->length < SEAL_ENVELOPE_OFFSET + SEAL_COMMITMENT_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", a header takes more", rec->length);
	*h = (struct seal_header){
		.suite = get_le16(body + SEAL_SUITE_OFFSET),
		.padded = get_le16(body + OUR_FLAGS_OFFSET) & SEAL_PADDED,
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
	derive(s, "xenrec chunk key", text, sizeof(text), key);
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
	put_le16(body, OUR_VERSION);
	put_le16(body + OUR_FLAGS_OFFSET, c->last ? SEAL_LAST : 0);
	memcpy(body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4);
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
seal_free(struct seal *s)
{
	sodium_free(s->key);
	s->key = NULL;
}

void
seal_epoch_free(struct seal_epoch *e)
{
	suite_key_free(e->key);
	e->key = NULL;
}
