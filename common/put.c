/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "put.h"

void
put_number(json_object *o, const char *key, uint64_t n)
{
	json_object_object_add(o, key, json_object_new_uint64(n));
}

void
put_hex(json_object *o, const char *key, uint64_t n)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%" PRIx64, n);
	json_object_object_add(o, key, json_object_new_string(text));
}

void
put_line(FILE *out, json_object *o)
{
	fprintf(out, "%s\n", json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
