/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys.h - a JSON object and a struct of plain values, by one table: for
 * what travels or is kept as JSON.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define KEYS_NAME_SIZE	128u	/* of KEY_NAME, with the NUL */
#define KEYS_TEXT_SIZE	256u	/* of KEY_TEXT, with the NUL */

/* What a value is in JSON, and as a member of the struct. */
enum key_kind {
	KEY_NUMBER,	/* min to max: uint64_t */
	KEY_FLAG,	/* true, false; with words, one of two: bool */
	KEY_WORD,	/* one of words: an enum that counts from 0 */
	KEY_TEXT,	/* a string, cut if too long: char[KEYS_TEXT_SIZE] */
	KEY_NAME,	/* a domain's: char[KEYS_NAME_SIZE] */
	KEY_UUID,	/* 8-4-4-4-12 hex digits: uint8_t[UUID_SIZE] */
	KEY_HEX		/* 2 * max hex digits: uint8_t[max] */
};

struct key {
	const char *name;
	enum key_kind kind;
	size_t   offset;	/* of the member */
	bool     required;
	uint64_t min, max;	/* bounds, or the size of KEY_HEX */
	uint64_t fallback;	/* KEY_NUMBER that is not there */
	const char *const *words;	/* ended by NULL */
};

/*
 * keys_print(keys, count, from): the object with these keys, on one line
 * without a newline.  The caller frees it; NULL without memory.
 */
char *keys_print(const struct key *keys, size_t count, const void *from);

/*
 * keys_parse(keys, count, text, size, to, f): the members of *to from the
 * JSON object that text is, `size` bytes of foreign origin, and nothing but
 * white space after it.  Other keys are ignored; a member whose key is not
 * there takes its fallback, or stays as it is.  0, or -1 with EXIT_MALFORMED
 * (no JSON object, a required key missing, a value of the wrong kind or out
 * of bounds); then *to may be changed in part.
 */
int keys_parse(const struct key *keys, size_t count, const char *text,
    size_t size, void *to, struct fault *f);

/*
 * keys_name_ok(text): whether it can be a domain's name: 1 to
 * KEYS_NAME_SIZE - 1 bytes, none of them a control character or '/', and
 * not only digits, which would be a domain's number.
 */
bool keys_name_ok(const char *text);

#endif
