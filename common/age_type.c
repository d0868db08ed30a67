/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sodium.h>

#include "age_type.h"

/* Every wrap key is used once, so the nonce is zeroes. */
static const uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

_Static_assert(AGE_BODY_SIZE == AGE_FILE_KEY_SIZE +
    crypto_aead_chacha20poly1305_ietf_ABYTES, "a body is a file key's");

static const char *
shape(const struct age_type *type, const struct age_stanza *s, int *status)
{
	uint8_t bytes[AGE_POINT_SIZE];
	size_t i;

	if (s->word_count != type->words)
		return "has not the arguments of its type";
	for (i = 1; i < type->words; i++)
		if (type->sizes[i] != 0 &&
		    !age_word_decode(s->words[i], bytes, type->sizes[i]))
			return "an argument is not base64 as it has to be";
	if (s->body_size != AGE_BODY_SIZE)
		return "what it wraps is no file key";
	return type->check == NULL ? NULL : type->check(s, status);
}

int
age_type_check(const struct age_stanza *s, size_t number, struct fault *f)
{
	static const struct age_type *const types[] = {
		&age_x25519, &age_ssh, &age_scrypt,
	};
	int status = EXIT_MALFORMED;
	const char *why;
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!age_word_is(s->words[0], types[i]->name))
			continue;
		if ((why = shape(types[i], s, &status)) != NULL)
			return fault_set(f, status, "the envelope, stanza "
			    "%zu (%s): %s", number, types[i]->name, why);
	}
	return 0;
}

int
age_type_wrap(const struct age_key *key,
    const uint8_t file_key[AGE_FILE_KEY_SIZE], struct age_text *t,
    struct fault *f)
{
	uint8_t wrap[AGE_WRAP_SIZE], body[AGE_BODY_SIZE];
	char words[AGE_WORDS_SIZE];

	if (key->type->seal(key, words, wrap, f) == -1)
		return -1;
	crypto_aead_chacha20poly1305_ietf_encrypt(body, NULL, file_key,
	    AGE_FILE_KEY_SIZE, NULL, 0, NULL, nonce, wrap);
	sodium_memzero(wrap, sizeof(wrap));
	age_header_stanza(t, words, body);
	return 0;
}

int
age_type_unwrap(const struct age_key *key, const struct age_stanza *s,
    uint8_t file_key[AGE_FILE_KEY_SIZE], struct fault *f)
{
	uint8_t wrap[AGE_WRAP_SIZE];
	int result;

	if (!age_word_is(s->words[0], key->type->name))
		return 0;
	if ((result = key->type->open(key, s, wrap, f)) != 1)
		return result;
	result = crypto_aead_chacha20poly1305_ietf_decrypt(file_key, NULL,
	    NULL, s->body, sizeof(s->body), NULL, 0, nonce, wrap) == 0;
	sodium_memzero(wrap, sizeof(wrap));
	return result;
}
