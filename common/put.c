/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "put.h"
#include "utf8.h"

#define REPLACEMENT	0xfffdu	/* of what is no character */

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

/* So many bytes at p are what a terminal only draws. */
static size_t
plain_part(const char *p, size_t size)
{
	size_t at, step;
	uint32_t code;

	for (at = 0; at < size; at += step) {
		step = utf8_next((const uint8_t *)p + at, size - at, &code);
		if (step == 0 || !utf8_is_plain(code))
			break;
	}
	return at;
}

/* The character at p as JSON's \u, above U+FFFF as two; what is none as that
 * for it.  How many bytes it took. */
static size_t
escape(FILE *out, const char *p, size_t size)
{
	uint32_t code = REPLACEMENT;
	size_t step = utf8_next((const uint8_t *)p, size, &code);

	if (step == 0)
		code = REPLACEMENT;
	if (code < 0x10000)
		fprintf(out, "\\u%04" PRIx32, code);
	else
		fprintf(out, "\\u%04" PRIx32 "\\u%04" PRIx32,
		    0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
	return step == 0 ? 1 : step;
}

void
put_line(FILE *out, json_object *o)
{
	const char *p = json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_NOSLASHESCAPE);
	size_t left = strlen(p), step;

	while (left > 0) {
		step = plain_part(p, left);
		fwrite(p, 1, step, out);
		if (step < left)
			step += escape(out, p + step, left - step);
		p += step;
		left -= step;
	}
	putc('\n', out);
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
