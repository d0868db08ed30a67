/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <sodium.h>

#include "strict.h"

bool
strict_starved(const json_tokener *t, const char *text)
{
	/* It has no error for that, nor for a null. */
	return json_tokener_get_error((json_tokener *)(uintptr_t)t) ==
	    json_tokener_success && text[strspn(text, " \t\r\n")] != 'n';
}

int
strict_none(struct fault *f)
{
	if (errno == ENOMEM)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	return fault_set(f, EXIT_MALFORMED, "not a JSON object");
}

static json_object *
parse(const char *text, size_t size)
{
	json_tokener *t;
	json_object *o;

	/* json-c takes a NUL for the end of the text. */
	errno = 0;
	if (memchr(text, '\0', size) != NULL)
		return NULL;
	errno = ENOMEM;
	if ((t = json_tokener_new()) == NULL)
		return NULL;
	json_tokener_set_flags(t, JSON_TOKENER_STRICT |
	    JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(t, text, (int)size);
	errno = o == NULL && strict_starved(t, text) ? ENOMEM : 0;
	json_tokener_free(t);
	if (json_object_is_type(o, json_type_object))
		return o;
	json_object_put(o);
	return NULL;
}

/* Without memory json-c leaves members out, and does not say so. */
json_object *
strict_object(const char *text, size_t size)
{
	json_object *o = parse(text, size), *again;

	if (o == NULL)
		return NULL;
	again = parse(text, size);
	if (again == NULL || !json_object_equal(o, again)) {
		json_object_put(o);
		o = NULL;
	}
	json_object_put(again);
	errno = ENOMEM;
	return o;
}

/* Nor when it leaves text out. */
const char *
strict_print(json_object *o, int format)
{
	const char *text = json_object_to_json_string_ext(o, format);
	char *copy = text == NULL ? NULL : strdup(text);
	bool same;

	if (copy == NULL)
		return NULL;
	text = json_object_to_json_string_ext(o, format);
	same = text != NULL && strcmp(text, copy) == 0;
	free(copy);
	return same ? text : NULL;
}

json_object *
strict_parse(const struct strict *s, const char *text, size_t size)
{
	json_object *o = strict_object(text, size);

	if (o == NULL && strict_none(s->f) == -1)
		fault_within(s->f, s->source);
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
