/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include <sodium.h>

#include "age_keys.h"

/* The list is as long as it can get from the start: it is not copied. */
int
age_keys_add(struct age_keys *keys, size_t max, const struct age_key *key,
    struct fault *f)
{
	if (keys->count == max)
		return fault_set(f, EXIT_REFUSED, "more than %zu keys", max);
	if (keys->at == NULL && (sodium_init() == -1 ||
	    (keys->at = sodium_allocarray(max, sizeof(*key))) == NULL))
		return fault_set(f, EXIT_SYSTEM, "no memory for keys");
	keys->at[keys->count++] = *key;
	return 0;
}

int
age_keys_phrase(struct age_keys *keys, size_t max, const char *phrase,
    size_t size, unsigned work, struct fault *f)
{
	struct age_key key = {
		.type = &age_scrypt, .phrase_size = size, .work = work,
	};

	if (size == 0)
		return fault_set(f, EXIT_REFUSED, "an empty passphrase");
	if (sodium_init() == -1 || (key.phrase = sodium_malloc(size)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a "
		    "passphrase");
	memcpy(key.phrase, phrase, size);
	if (age_keys_add(keys, max, &key, f) == 0)
		return 0;
	sodium_free(key.phrase);
	return -1;
}

void
age_keys_free(struct age_keys *keys)
{
	size_t n;

	for (n = 0; n < keys->count; n++)
		sodium_free(keys->at[n].phrase);
	sodium_free(keys->at);
	*keys = (struct age_keys){ 0 };
}
