/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * age_header.h - the text in front of an age file: stanzas and their MAC
 * (https://c2sp.org/age, "Header", read as strictly as its ABNF is).
 */
#ifndef AGE_HEADER_H
#define AGE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "age.h"
#include "fault.h"

#define AGE_MAC_SIZE	32u
#define AGE_BODY_SIZE	32u	/* of the stanzas that are known */
#define AGE_WORDS	3u	/* arguments that are kept, with the type */
#define AGE_WORDS_SIZE	80u	/* of the known types' as text, with a NUL */

struct age_stanza {
	struct age_word words[AGE_WORDS];	/* the first is the type */
	size_t word_count;	/* also of those that are not kept */
	uint8_t body[AGE_BODY_SIZE];
	size_t body_size;	/* also of what is not kept */
};

struct age_header {
	struct age_stanza stanzas[AGE_STANZAS_MAX];
	size_t count;
	size_t covered;		/* bytes that the MAC is of */
	uint8_t mac[AGE_MAC_SIZE];
	size_t size;		/* bytes; the payload begins there */
};

/*
 * age_header_read(envelope, size, header, f): takes it apart.  0, or -1:
 * EXIT_MALFORMED with the line; EXIT_REFUSED for more than AGE_STANZAS_MAX.
 * What *header points to is the envelope's.
 */
int age_header_read(const uint8_t *envelope, size_t size,
    struct age_header *header, struct fault *f);

/* age_word_is(word, text): whether it is this. */
bool age_word_is(struct age_word word, const char *text);

/*
 * age_word_decode(word, bytes, size): whether it is the base64, canonical and
 * without padding, of exactly that many bytes, then at bytes.
 */
bool age_word_decode(struct age_word word, uint8_t *bytes, size_t size);

/* A header that is written, at the front of an envelope. */
struct age_text {
	uint8_t *at;	/* AGE_SEALED_MAX bytes */
	size_t size;
};

/*
 * age_header_begin(t), _stanza(t, words, body), _end(t): the version, one
 * stanza, and the mark behind the last: up to there goes the MAC.  Then
 * _mac(t, mac).  There is room for AGE_STANZAS_MAX stanzas and the payload.
 */
void age_header_begin(struct age_text *t);
void age_header_stanza(struct age_text *t, const char *words,
    const uint8_t body[AGE_BODY_SIZE]);
void age_header_end(struct age_text *t);
void age_header_mac(struct age_text *t, const uint8_t mac[AGE_MAC_SIZE]);

#endif
