/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * age_type.h - the types of stanzas that are known, and the keys that wrap
 * and unwrap with them.  A file key is what an age file is encrypted with;
 * each stanza wraps the same one.
 */
#ifndef AGE_TYPE_H
#define AGE_TYPE_H

#include "age.h"
#include "age_header.h"

#define AGE_FILE_KEY_SIZE	16u
#define AGE_POINT_SIZE		32u	/* of X25519 */
#define AGE_PUBLIC		"age"	/* Bech32's prefixes of X25519's */
#define AGE_SECRET		"AGE-SECRET-KEY-"
#define AGE_WRAP_SIZE		32u	/* of the key of a stanza */

/* A recipient or an identity: in memory of sodium_malloc. */
struct age_key {
	const struct age_type *type;
	uint8_t public[AGE_POINT_SIZE];
	uint8_t secret[AGE_POINT_SIZE];	/* of an identity */
	uint8_t ssh[32];		/* age_ssh: its public key */
	char *phrase;			/* age_scrypt: owned, sodium_malloc */
	size_t phrase_size;
	unsigned work;			/* of a recipient */
};

struct age_type {
	const char *name;
	size_t words;		/* with the name */
	size_t sizes[AGE_WORDS];	/* bytes in base64; 0: no base64 */
	/* Why a stanza is none, whose words, sizes and body are good, or NULL;
	 * *status is EXIT_MALFORMED.  NULL: there is no more to check. */
	const char *(*check)(const struct age_stanza *s, int *status);
	/* The words of a new stanza, and its wrap key; 0, or -1. */
	int (*seal)(const struct age_key *key, char words[AGE_WORDS_SIZE],
	    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f);
	/* The wrap key of a stanza that was checked: 1; 0 when it is for
	 * another key; or -1. */
	int (*open)(const struct age_key *key, const struct age_stanza *s,
	    uint8_t wrap[AGE_WRAP_SIZE], struct fault *f);
};

extern const struct age_type age_x25519, age_ssh, age_scrypt;

/*
 * age_type_check(s, number, f): whether a stanza that is of a known type has
 * the shape that this demands.  `number` is its own, from 1, for what is said.
 * 0, or -1: EXIT_MALFORMED, or EXIT_REFUSED for too much work.
 */
int age_type_check(const struct age_stanza *s, size_t number,
    struct fault *f);

/*
 * age_type_wrap(key, file_key, t, f): writes the stanza that the recipient
 * opens.  0, or -1 as age_seal.
 */
int age_type_wrap(const struct age_key *key,
    const uint8_t file_key[AGE_FILE_KEY_SIZE], struct age_text *t,
    struct fault *f);

/*
 * age_type_unwrap(key, s, file_key, f): what the stanza, which was checked,
 * wraps for this identity: 1 and the file key; 0 when it is for another one;
 * or -1: EXIT_MALFORMED for a share of low order, EXIT_SYSTEM.
 */
int age_type_unwrap(const struct age_key *key, const struct age_stanza *s,
    uint8_t file_key[AGE_FILE_KEY_SIZE], struct fault *f);

#endif
