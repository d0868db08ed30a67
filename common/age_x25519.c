/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "age_type.h"
#include "hkdf.h"
#include "openssh.h"

#define LABEL_X25519	"age-encryption.org/v1/X25519"
#define LABEL_SSH	"age-encryption.org/v1/ssh-ed25519"
#define TAG_SIZE	4u		/* of an SSH key's hash */
#define TEXT_SIZE	48u		/* base64 of 32 bytes, with room */
#define BASE64		sodium_base64_VARIANT_ORIGINAL_NO_PADDING

/* The wrap key of a shared point, which is wiped. */
static void
wrap_key(uint8_t shared[AGE_POINT_SIZE], const uint8_t *share,
    const uint8_t *public, const char *label, uint8_t wrap[AGE_WRAP_SIZE])
{
	uint8_t salt[2 * AGE_POINT_SIZE];

	memcpy(salt, share, AGE_POINT_SIZE);
	memcpy(salt + AGE_POINT_SIZE, public, AGE_POINT_SIZE);
	hkdf(shared, AGE_POINT_SIZE, salt, sizeof(salt), label,
	    strlen(label), wrap, AGE_WRAP_SIZE);
	sodium_memzero(shared, AGE_POINT_SIZE);
}

/* The new share and the point that its recipient shares. */
static int
new_share(const struct age_key *key, uint8_t share[AGE_POINT_SIZE],
    uint8_t shared[AGE_POINT_SIZE], struct fault *f)
{
	uint8_t secret[AGE_POINT_SIZE];
	int result = 0;

	randombytes_buf(secret, sizeof(secret));
	crypto_scalarmult_base(share, secret);
	if (crypto_scalarmult(shared, secret, key->public) != 0)
		result = fault_set(f, EXIT_REFUSED, "a recipient is a point "
		    "of low order, and no key");
	sodium_memzero(secret, sizeof(secret));
	return result;
}

static int
low_order(struct fault *f)
{
	return fault_set(f, EXIT_MALFORMED, "the envelope: a share of low "
	    "order");
}

static int
x25519_seal(const struct age_key *key, char words[AGE_WORDS_SIZE],
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t share[AGE_POINT_SIZE], shared[AGE_POINT_SIZE];
	char text[TEXT_SIZE];

	if (new_share(key, share, shared, f) == -1)
		return -1;
	wrap_key(shared, share, key->public, LABEL_X25519, wrap);
	sodium_bin2base64(text, sizeof(text), share, sizeof(share), BASE64);
	snprintf(words, AGE_WORDS_SIZE, "%s %s", key->type->name, text);
	return 0;
}

static int
x25519_open(const struct age_key *key, const struct age_stanza *s,
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t share[AGE_POINT_SIZE], shared[AGE_POINT_SIZE];

	age_word_decode(s->words[1], share, sizeof(share));
	if (crypto_scalarmult(shared, key->secret, share) != 0)
		return low_order(f);
	wrap_key(shared, share, key->public, LABEL_X25519, wrap);
	return 1;
}

/*
 * What an SSH key adds to X25519: the shared point is multiplied by a number
 * made of the key as SSH sends it, so that it is for this protocol alone.
 */
static void
tweak(const struct age_key *key, uint8_t shared[AGE_POINT_SIZE])
{
	uint8_t wire[OPENSSH_WIRE_SIZE], by[32], point[AGE_POINT_SIZE];

	openssh_wire(key->ssh, wire);
	hkdf(NULL, 0, wire, sizeof(wire), LABEL_SSH, strlen(LABEL_SSH), by,
	    sizeof(by));
	/*
	 * This comes to no point of low order: the shared point is not, and
	 * its order does not divide what X25519 makes of any number.
	 */
	if (crypto_scalarmult(point, by, shared) != 0)
		sodium_misuse();
	memcpy(shared, point, sizeof(point));
	sodium_memzero(point, sizeof(point));
}

static void
tag_of(const struct age_key *key, uint8_t tag[TAG_SIZE])
{
	uint8_t wire[OPENSSH_WIRE_SIZE], hash[crypto_hash_sha256_BYTES];

	openssh_wire(key->ssh, wire);
	crypto_hash_sha256(hash, wire, sizeof(wire));
	memcpy(tag, hash, TAG_SIZE);
}

static int
ssh_seal(const struct age_key *key, char words[AGE_WORDS_SIZE],
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t share[AGE_POINT_SIZE], shared[AGE_POINT_SIZE], tag[TAG_SIZE];
	char text[TEXT_SIZE], which[8];

	if (new_share(key, share, shared, f) == -1)
		return -1;
	tweak(key, shared);
	wrap_key(shared, share, key->public, LABEL_SSH, wrap);
	tag_of(key, tag);
	sodium_bin2base64(which, sizeof(which), tag, sizeof(tag), BASE64);
	sodium_bin2base64(text, sizeof(text), share, sizeof(share), BASE64);
	snprintf(words, AGE_WORDS_SIZE, "%s %s %s", key->type->name, which,
	    text);
	return 0;
}

static int
ssh_open(const struct age_key *key, const struct age_stanza *s,
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t share[AGE_POINT_SIZE], shared[AGE_POINT_SIZE];
	uint8_t tag[TAG_SIZE], own[TAG_SIZE];

	age_word_decode(s->words[1], tag, sizeof(tag));
	age_word_decode(s->words[2], share, sizeof(share));
	tag_of(key, own);
	if (memcmp(tag, own, sizeof(tag)) != 0)
		return 0;
	if (crypto_scalarmult(shared, key->secret, share) != 0)
		return low_order(f);
	tweak(key, shared);
	wrap_key(shared, share, key->public, LABEL_SSH, wrap);
	return 1;
}

const struct age_type age_x25519 = {
	.name = "X25519", .words = 2, .sizes = { 0, AGE_POINT_SIZE },
	.seal = x25519_seal, .open = x25519_open,
};
const struct age_type age_ssh = {
	.name = "ssh-ed25519", .words = 3,
	.sizes = { 0, TAG_SIZE, AGE_POINT_SIZE },
	.seal = ssh_seal, .open = ssh_open,
};
