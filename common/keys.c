/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include "keys.h"
#include "strict.h"
#include "utf8.h"
#include "uuid.h"

#define HEX_MAX	64u	/* bytes of a KEY_HEX */

bool
keys_name_ok(const char *text)
{
	size_t size = strlen(text), i, n, digits = 0;
	uint32_t code;

	for (i = 0; i < size; i += n) {
		n = utf8_next((const uint8_t *)text + i, size - i, &code);
		/* U+0080 to U+009F control a terminal too. */
		if (n == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0) ||
		    code == '/')
			return false;
		digits += code >= '0' && code <= '9';
	}
	return i > 0 && i < KEYS_NAME_SIZE && digits < i;
}

static json_object *
value_of(const struct key *key, const uint8_t *p)
{
	char text[2 * HEX_MAX + 1];

	switch (key->kind) {
	case KEY_NUMBER:
		return json_object_new_uint64(*(const uint64_t *)p);
	case KEY_FLAG:
		if (key->words == NULL)
			return json_object_new_boolean(*(const bool *)p);
		return json_object_new_string(key->words[*(const bool *)p]);
	case KEY_WORD:
		return json_object_new_string(
		    key->words[*(const unsigned *)p]);
	case KEY_UUID:
		uuid_print(p, text);
		return json_object_new_string(text);
	case KEY_HEX:
		hex_print(p, key->max, text);
		return json_object_new_string(text);
	case KEY_TEXT:
	case KEY_NAME:
		return json_object_new_string((const char *)p);
	}
	return NULL;
}

char *
keys_print(const struct key *keys, size_t count, const void *from)
{
	json_object *o = json_object_new_object(), *value;
	const char *text;
	char *copy = NULL;
	size_t i;

	for (i = 0; o != NULL && i < count; i++) {
		value = value_of(&keys[i],
		    (const uint8_t *)from + keys[i].offset);
		if (value == NULL ||
		    json_object_object_add(o, keys[i].name, value) != 0)
			break;
	}
	if (i == count && (text = strict_print(o,
	    JSON_C_TO_STRING_NOSLASHESCAPE)) != NULL)
		copy = strdup(text);
	json_object_put(o);
	return copy;
}

/* The number of the word; -1 when it is none of them. */
static int
find_word(const char *const *words, const char *text)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strcmp(text, words[i]) == 0)
			return i;
	return -1;
}

/* A flag is true and false, or two words. */
static bool
take_value(const struct key *key, json_object *value, uint8_t *p)
{
	const char *text = strict_string(value);
	int word;

	if (key->kind == KEY_NUMBER)
		return strict_is_number(value, key->max, (uint64_t *)p) &&
		    *(uint64_t *)p >= key->min;
	if (key->kind == KEY_FLAG && key->words == NULL) {
		*(bool *)p = json_object_get_boolean(value);
		return json_object_is_type(value, json_type_boolean);
	}
	if (text == NULL)
		return false;
	switch (key->kind) {
	case KEY_TEXT:
		snprintf((char *)p, KEYS_TEXT_SIZE, "%s", text);
		return true;
	case KEY_NAME:
		if (!keys_name_ok(text))
			return false;
		memcpy(p, text, strlen(text) + 1);
		return true;
	case KEY_UUID:
		return uuid_parse(text, p);
	case KEY_HEX:
		return strict_is_hex(value, p, key->max);
	case KEY_FLAG:
	case KEY_WORD:
		if ((word = find_word(key->words, text)) == -1)
			return false;
		if (key->kind == KEY_FLAG)
			*(bool *)p = word != 0;
		else
			*(unsigned *)p = (unsigned)word;
		return true;
	case KEY_NUMBER:
		break;
	}
	return false;
}

/* Each key of the table from the object.  0 or -1. */
static int
take_keys(const struct key *keys, size_t count, json_object *o, void *to,
    struct fault *f)
{
	const struct key *key;
	json_object *value;
	uint8_t *p;

	for (key = keys; key < keys + count; key++) {
		p = (uint8_t *)to + key->offset;
		if (json_object_object_get_ex(o, key->name, &value)) {
			if (!take_value(key, value, p))
				return fault_set(f, EXIT_MALFORMED,
				    "\"%s\" has no value that it may have",
				    key->name);
		} else if (key->required) {
			return fault_set(f, EXIT_MALFORMED,
			    "\"%s\" is missing", key->name);
		} else if (key->kind == KEY_NUMBER) {
			*(uint64_t *)p = key->fallback;
		}
	}
	return 0;
}

int
keys_parse(const struct key *keys, size_t count, const char *text,
    size_t size, void *to, struct fault *f)
{
	json_object *o = strict_object(text, size);
	int result;

	if (o == NULL)
		return strict_none(f);
	result = take_keys(keys, count, o, to, f);
	json_object_put(o);
	return result;
}
