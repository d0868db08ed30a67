/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strict.h - JSON from another machine, taken only as it has to be.
 *
 * Functions that return int return 0, or -1 with EXIT_MALFORMED when the
 * member is missing, of another kind, or out of bounds.
 */
#ifndef STRICT_H
#define STRICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <json-c/json.h>

#include "fault.h"

/* Where the text came from, and where to say what is wrong with it. */
struct strict {
	const char *source;
	struct fault *f;
};

/*
 * strict_object(text, size), strict_parse(s, text, size): one object with white
 * space around it and nothing else, at most 1 GiB.  NULL when it is something
 * else, or with errno ENOMEM without memory; strict_parse sets EXIT_MALFORMED
 * or EXIT_SYSTEM then.  The caller gives it to json_object_put.
 * strict_none(f): behind such a NULL of strict_object sets these.  -1.
 * strict_starved(t, text): whether json-c, which returned NULL, found no memory
 * for the value that begins there.
 */
int strict_none(struct fault *f);
bool strict_starved(const json_tokener *t, const char *text);
json_object *strict_object(const char *text, size_t size);
json_object *strict_parse(const struct strict *s, const char *text,
    size_t size);

/* strict_print(o, format): o as json_object_to_json_string_ext has it, which is
 * o's; NULL without memory for all of it. */
const char *strict_print(json_object *o, int format);

/* strict_wrong(s, key): EXIT_MALFORMED: the key's value is none for it. */
int strict_wrong(const struct strict *s, const char *key);

/* strict_get(s, o, key, type): o's member of that type, or NULL. */
json_object *strict_get(const struct strict *s, json_object *o,
    const char *key, json_type type);

/* strict_number(s, o, key, max, n): a whole number, 0 to max. */
int strict_number(const struct strict *s, json_object *o, const char *key,
    uint64_t max, uint64_t *n);

int strict_flag(const struct strict *s, json_object *o, const char *key,
    bool *flag);

/* strict_text(s, o, key, buf, size): cut to what there is room for. */
int strict_text(const struct strict *s, json_object *o, const char *key,
    char *buf, size_t size);

/* strict_is_number(value, max, n): whether it is one. */
bool strict_is_number(json_object *value, uint64_t max, uint64_t *n);

/* strict_string(value): the text of a string without NULs, or NULL. */
const char *strict_string(json_object *value);

/* strict_is_hex(value, bytes, size): whether it is just so many in hex. */
bool strict_is_hex(json_object *value, uint8_t *bytes, size_t size);

#endif
