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

void
put_pfns(FILE *out, const uint64_t *pfn, uint32_t count)
{
	uint32_t i, run;

	for (i = 0; i < count; i += run) {
		for (run = 1; i + run < count && pfn[i + run] == pfn[i] +
		    run; run++)
			;
		fprintf(out, " 0x%" PRIx64, pfn[i]);
		if (run > 1)
			fprintf(out, "-0x%" PRIx64, pfn[i] + run - 1);
	}
}
