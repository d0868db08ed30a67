/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "age.h"
#include "age_header.h"
#include "age_type.h"
#include "bech32.h"
#include "hkdf.h"

#define NONCE_SIZE	16u	/* in front of the payload */
#define TAG_SIZE	crypto_aead_chacha20poly1305_ietf_ABYTES
#define PAYLOAD_SIZE	(NONCE_SIZE + AGE_KEY_SIZE + TAG_SIZE)

/* The payload's one chunk: number 0, and the last. */
static const uint8_t chunk[crypto_aead_chacha20poly1305_ietf_NPUBBYTES] = {
	[11] = 1,
};

/* What is made of a file key: the key of the MAC or of the payload. */
static void
derive(const uint8_t file_key[AGE_FILE_KEY_SIZE], const uint8_t *salt,
    size_t salt_size, const char *info, uint8_t key[32])
{
	hkdf(file_key, AGE_FILE_KEY_SIZE, salt, salt_size, info,
	    strlen(info), key, 32);
}

static void
mac_of(const uint8_t file_key[AGE_FILE_KEY_SIZE], const uint8_t *bytes,
    size_t size, uint8_t mac[AGE_MAC_SIZE])
{
	uint8_t key[crypto_auth_hmacsha256_KEYBYTES];

	derive(file_key, NULL, 0, "header", key);
	crypto_auth_hmacsha256(mac, bytes, size, key);
	sodium_memzero(key, sizeof(key));
}

static void
seal_payload(const uint8_t file_key[AGE_FILE_KEY_SIZE],
    const uint8_t key[AGE_KEY_SIZE], uint8_t payload[PAYLOAD_SIZE])
{
	uint8_t by[crypto_aead_chacha20poly1305_ietf_KEYBYTES];

	randombytes_buf(payload, NONCE_SIZE);
	derive(file_key, payload, NONCE_SIZE, "payload", by);
	crypto_aead_chacha20poly1305_ietf_encrypt(payload + NONCE_SIZE, NULL,
	    key, AGE_KEY_SIZE, NULL, 0, NULL, chunk, by);
	sodium_memzero(by, sizeof(by));
}

static int
open_payload(const uint8_t file_key[AGE_FILE_KEY_SIZE],
    const uint8_t payload[PAYLOAD_SIZE], uint8_t key[AGE_KEY_SIZE])
{
	uint8_t by[crypto_aead_chacha20poly1305_ietf_KEYBYTES];
	int result;

	derive(file_key, payload, NONCE_SIZE, "payload", by);
	result = crypto_aead_chacha20poly1305_ietf_decrypt(key, NULL, NULL,
	    payload + NONCE_SIZE, PAYLOAD_SIZE - NONCE_SIZE, NULL, 0, chunk,
	    by);
	sodium_memzero(by, sizeof(by));
	return result;
}

int
age_seal(const struct age_recipients *r, const uint8_t key[AGE_KEY_SIZE],
    uint8_t envelope[AGE_SEALED_MAX], size_t *size, struct fault *f)
{
	uint8_t file_key[AGE_FILE_KEY_SIZE], mac[AGE_MAC_SIZE];
	struct age_text t = { .at = envelope };
	int result = 0;
	size_t n;

	if (r->keys.count == 0)
		return fault_set(f, EXIT_USAGE, "nobody to seal the key to");
	randombytes_buf(file_key, sizeof(file_key));
	age_header_begin(&t);
	for (n = 0; n < r->keys.count && result == 0; n++)
		result = age_type_wrap(&r->keys.at[n], file_key, &t, f);
	if (result == 0) {
		age_header_end(&t);
		mac_of(file_key, t.at, t.size, mac);
		age_header_mac(&t, mac);
		seal_payload(file_key, key, t.at + t.size);
		*size = t.size + PAYLOAD_SIZE;
	}
	sodium_memzero(file_key, sizeof(file_key));
	return result;
}

/* scrypt's stanza stands alone, so that a passphrase says who sealed it. */
static int
check_stanzas(const struct age_header *h, struct fault *f)
{
	size_t n;

	for (n = 0; n < h->count; n++)
		if (h->count > 1 &&
		    age_word_is(h->stanzas[n].words[0], age_scrypt.name))
			return fault_set(f, EXIT_MALFORMED, "the envelope, "
			    "stanza %zu (%s): has others beside it", n + 1,
			    age_scrypt.name);
	for (n = 0; n < h->count; n++)
		if (age_type_check(&h->stanzas[n], n + 1, f) == -1)
			return -1;
	return 0;
}

/* All that can be said without a key. */
static int
look(const uint8_t *envelope, size_t size, struct age_header *h,
    struct fault *f)
{
	if (size > AGE_ENVELOPE_MAX)
		return fault_set(f, EXIT_REFUSED, "an envelope of %zu bytes; "
		    "the limit is %u", size, AGE_ENVELOPE_MAX);
	if (age_header_read(envelope, size, h, f) == -1 ||
	    check_stanzas(h, f) == -1)
		return -1;
	if (size - h->size != PAYLOAD_SIZE)
		return fault_set(f, EXIT_MALFORMED, "the envelope has %zu "
		    "bytes behind its header, not the %u of a key",
		    size - h->size, PAYLOAD_SIZE);
	return 0;
}

int
age_list(const uint8_t *envelope, size_t size, struct age_list *list,
    struct fault *f)
{
	struct age_header h;

	if (look(envelope, size, &h, f) == -1)
		return -1;
	for (list->count = 0; list->count < h.count; list->count++)
		list->types[list->count] = h.stanzas[list->count].words[0];
	return 0;
}

/* The file key by the first identity that fits. */
static int
unwrap(const struct age_identities *i, const struct age_header *h,
    uint8_t file_key[AGE_FILE_KEY_SIZE], struct fault *f)
{
	bool phrase = false;
	size_t n, m;
	int result;

	for (n = 0; n < i->keys.count; n++)
		for (m = 0; m < h->count; m++) {
			result = age_type_unwrap(&i->keys.at[n],
			    &h->stanzas[m], file_key, f);
			if (result != 0)
				return result == 1 ? 0 : -1;
			phrase = phrase || (i->keys.at[n].type ==
			    &age_scrypt && age_word_is(
			    h->stanzas[m].words[0], age_scrypt.name));
		}
	if (phrase)
		return fault_set(f, EXIT_INTEGRITY, "the envelope: wrong "
		    "passphrase, or damaged");
	fault_set(f, EXIT_INTEGRITY, "the envelope: none of the identities "
	    "fits");
	return age_word_is(h->stanzas[0].words[0], age_scrypt.name) ?
	    fault_hint(f, "a passphrase opens it") : -1;
}

int
age_open(const struct age_identities *i, const uint8_t *envelope,
    size_t size, uint8_t key[AGE_KEY_SIZE], struct fault *f)
{
	uint8_t file_key[AGE_FILE_KEY_SIZE], mac[AGE_MAC_SIZE];
	struct age_header h;
	int result;

	sodium_memzero(key, AGE_KEY_SIZE);
	if (look(envelope, size, &h, f) == -1 ||
	    unwrap(i, &h, file_key, f) == -1)
		return -1;
	mac_of(file_key, envelope, h.covered, mac);
	if (sodium_memcmp(mac, h.mac, sizeof(mac)) != 0)
		result = fault_set(f, EXIT_INTEGRITY, "the envelope: its "
		    "header is damaged: the MAC is of another");
	else if (open_payload(file_key, envelope + h.size, key) != 0)
		result = fault_set(f, EXIT_INTEGRITY, "the envelope: its "
		    "payload is damaged");
	else
		result = 0;
	sodium_memzero(file_key, sizeof(file_key));
	return result;
}

void
age_keygen(time_t now, char identity[AGE_IDENTITY_SIZE],
    char recipient[AGE_RECIPIENT_SIZE])
{
	uint8_t secret[AGE_POINT_SIZE], public[AGE_POINT_SIZE];
	char text[BECH32_SIZE(sizeof(AGE_SECRET) - 1, AGE_POINT_SIZE)];
	char created[32] = "";
	struct tm tm;

	randombytes_buf(secret, sizeof(secret));
	crypto_scalarmult_base(public, secret);
	bech32_encode(AGE_SECRET, secret, sizeof(secret), text);
	bech32_encode(AGE_PUBLIC, public, sizeof(public), recipient);
	if (gmtime_r(&now, &tm) != NULL)
		strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", &tm);
	snprintf(identity, AGE_IDENTITY_SIZE, "# created: %s\n# public key: "
	    "%s\n%s\n", created, recipient, text);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(text, sizeof(text));
}
