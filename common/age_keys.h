/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * age_keys.h - a list of recipients or identities, in memory of
 * sodium_malloc.
 */
#ifndef AGE_KEYS_H
#define AGE_KEYS_H

#include "age.h"
#include "age_type.h"

/*
 * age_keys_add(keys, max, key, f): adds a copy; max is the same each time.  0,
 * or -1: EXIT_REFUSED when there are max; EXIT_SYSTEM without memory.
 */
int age_keys_add(struct age_keys *keys, size_t max, const struct age_key *key,
    struct fault *f);

/*
 * age_keys_phrase(keys, max, phrase, size, work, f): adds a copy of the
 * passphrase.  0, or -1 as age_keys_add, and EXIT_REFUSED for an empty one.
 */
int age_keys_phrase(struct age_keys *keys, size_t max, const char *phrase,
    size_t size, unsigned work, struct fault *f);

/* age_keys_free(keys): wipes and frees all.  *keys is { 0 } then. */
void age_keys_free(struct age_keys *keys);

#endif
