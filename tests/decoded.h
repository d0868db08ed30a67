/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decoded.h - what stands in an object, by its path.
 *
 *     is(o, "entries.0.name", "HEADER");
 */
#ifndef DECODED_H
#define DECODED_H

#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "decode.h"
#include "tap.h"

/* json_at(o, path): keys and numbers of entries, with dots between them. */
static inline json_object *
json_at(json_object *o, const char *path)
{
	char word[64];
	size_t n;

	while (o != NULL && *path != '\0') {
		n = strcspn(path, ".");
		snprintf(word, sizeof(word), "%.*s", (int)n, path);
		path += n + (path[n] == '.');
		if (json_object_is_type(o, json_type_array))
			o = json_object_array_get_idx(o,
			    strtoul(word, NULL, 10));
		else if (!json_object_object_get_ex(o, word, &o))
			o = NULL;
	}
	return o;
}

/* json_text(o, path): the value there as text, or "nothing". */
static inline const char *
json_text(json_object *o, const char *path)
{
	json_object *value = json_at(o, path);

	return value == NULL ? "nothing" : json_object_to_json_string_ext(
	    value, JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
}

/* is(o, path, text): one test, whether the value there, as JSON, is text. */
static inline void
is(json_object *o, const char *path, const char *text)
{
	const char *got = json_text(o, path);

	if (!ok(strcmp(got, text) == 0, "%s: %s", path, text))
		printf("# %s\n", got);
}

/* json_record(d, type, bytes, length): a record's fields. */
static inline json_object *
json_record(struct decode *d, uint32_t type, const void *bytes,
    size_t length)
{
	struct record rec = { .part = PART_RECORD, .type = type,
	    .length = (uint32_t)length, .size = length };
	json_object *o;

	/* As large as it is, so that a sanitizer sees what is read too much. */
	rec.body = malloc(length);
	if (length > 0)
		memcpy(rec.body, bytes, length);
	o = decode_record(d, &rec);
	free(rec.body);
	return o;
}

#endif
