/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "age_type.h"

#define LABEL		"age-encryption.org/v1/scrypt"
#define SALT_SIZE	16u
#define TEXT_SIZE	32u		/* its base64, with room */

/* The wrap key of a passphrase: here is the work. */
static int
stretch(const struct age_key *key, const uint8_t salt[SALT_SIZE],
    unsigned work, uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t all[sizeof(LABEL) - 1 + SALT_SIZE] = LABEL;

	memcpy(all + sizeof(LABEL) - 1, salt, SALT_SIZE);
	if (crypto_pwhash_scryptsalsa208sha256_ll(
	    (const uint8_t *)key->phrase, key->phrase_size, all, sizeof(all),
	    UINT64_C(1) << work, 8, 1, wrap, AGE_WRAP_SIZE) != 0)
		return fault_set(f, EXIT_SYSTEM, "no %llu MiB of memory for "
		    "the passphrase", (1ULL << work) >> 10);
	return 0;
}

static int
scrypt_seal(const struct age_key *key, char words[AGE_WORDS_SIZE],
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t salt[SALT_SIZE];
	char text[TEXT_SIZE];

	randombytes_buf(salt, sizeof(salt));
	sodium_bin2base64(text, sizeof(text), salt, sizeof(salt),
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	snprintf(words, AGE_WORDS_SIZE, "%s %s %u", key->type->name, text,
	    key->work);
	return stretch(key, salt, key->work, wrap, f);
}

/* scrypt's work: a number without zeroes in front, or one over the limit. */
static unsigned
work_of(struct age_word word)
{
	unsigned work = 0;
	size_t i;

	for (i = 0; i < word.size; i++) {
		if (word.at[i] < '0' + (i == 0) || word.at[i] > '9')
			return 0;
		if (work <= AGE_WORK_MAX)
			work = work * 10 + (unsigned)(word.at[i] - '0');
	}
	return work <= AGE_WORK_MAX ? work : AGE_WORK_MAX + 1;
}

static const char *
scrypt_check(const struct age_stanza *s, int *status)
{
	unsigned work = work_of(s->words[2]);

	if (work > AGE_WORK_MAX) {
		*status = EXIT_REFUSED;
		return "its passphrase would take too much work";
	}
	return work == 0 ? "its work is no number" : NULL;
}

static int
scrypt_open(const struct age_key *key, const struct age_stanza *s,
    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f)
{
	uint8_t salt[SALT_SIZE];

	age_word_decode(s->words[1], salt, sizeof(salt));
	return stretch(key, salt, work_of(s->words[2]), wrap, f) == -1 ? -1 :
	    1;
}

const struct age_type age_scrypt = {
	.name = "scrypt", .words = 3, .sizes = { 0, SALT_SIZE, 0 },
	.check = scrypt_check, .seal = scrypt_seal, .open = scrypt_open,
};
