/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <sodium.h>

#include "strict.h"

json_object *
strict_object(const char *text, size_t size)
{
	json_tokener *t = json_tokener_new();
	json_object *o = NULL;

	if (t == NULL)
		return NULL;
	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	/* json-c takes a NUL for the end of the text. */
	if (memchr(text, '\0', size) == NULL)
		o = json_tokener_parse_ex(t, text, (int)size);
	json_tokener_free(t);
	if (json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	return NULL;
}

json_object *
strict_parse(const struct strict *s, const char *text, size_t size)
{
	json_object *o = strict_object(text, size);

	if (o == NULL)
		fault_set(s->f, EXIT_MALFORMED, "%.200s: not a JSON object",
		    s->source);
	return o;
}

int
strict_wrong(const struct strict *s, const char *key)
{
	return fault_set(s->f, EXIT_MALFORMED, "%.200s: \"%s\" has no value "
	    "that it may have", s->source, key);
}

json_object *
strict_get(const struct strict *s, json_object *o, const char *key,
    json_type type)
{
	json_object *value;

	if (!json_object_object_get_ex(o, key, &value)) {
		fault_set(s->f, EXIT_MALFORMED, "%.200s: \"%s\" is missing",
		    s->source, key);
		return NULL;
	}
	if (json_object_is_type(value, type))
		return value;
	strict_wrong(s, key);
	return NULL;
}

/* json-c takes numbers that are too large for the largest that it has. */
bool
strict_is_number(json_object *value, uint64_t max, uint64_t *n)
{
	*n = json_object_get_uint64(value);
	return json_object_is_type(value, json_type_int) &&
	    json_object_get_int64(value) >= 0 && *n <= max;
}

int
strict_number(const struct strict *s, json_object *o, const char *key,
    uint64_t max, uint64_t *n)
{
	json_object *value = strict_get(s, o, key, json_type_int);

	if (value == NULL)
		return -1;
	return strict_is_number(value, max, n) ? 0 : strict_wrong(s, key);
}

int
strict_flag(const struct strict *s, json_object *o, const char *key,
    bool *flag)
{
	json_object *value = strict_get(s, o, key, json_type_boolean);

	if (value == NULL)
		return -1;
	*flag = json_object_get_boolean(value);
	return 0;
}

const char *
strict_string(json_object *value)
{
	const char *text;

	if (!json_object_is_type(value, json_type_string))
		return NULL;
	text = json_object_get_string(value);
	return strlen(text) == (size_t)json_object_get_string_len(value) ?
	    text : NULL;
}

int
strict_text(const struct strict *s, json_object *o, const char *key,
    char *buf, size_t size)
{
	json_object *value = strict_get(s, o, key, json_type_string);
	const char *text;

	if (value == NULL)
		return -1;
	if ((text = strict_string(value)) == NULL)
		return strict_wrong(s, key);
	snprintf(buf, size, "%s", text);
	return 0;
}

bool
strict_is_hex(json_object *value, uint8_t *bytes, size_t size)
{
	const char *text = strict_string(value);
	size_t n;

	return text != NULL && strlen(text) == 2 * size &&
	    sodium_hex2bin(bytes, size, text, 2 * size, NULL, &n, NULL) ==
	    0 && n == size;
}
