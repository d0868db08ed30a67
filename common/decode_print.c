/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "decode.h"
#include "utf8.h"

#define STEP		2u	/* spaces that an inner object is indented by */
#define LINE_WIDTH	100u	/* columns; entries that need more are blocks */

static void print_members(FILE *out, json_object *o, unsigned indent,
    bool begun);
static void print_value(FILE *out, json_object *value, unsigned indent);

static void
print_indent(FILE *out, unsigned indent)
{
	fprintf(out, "%*s", (int)indent, "");
}

static void
print_key(FILE *out, const char *key)
{
	utf8_print(out, key, strlen(key), true);
	putc(':', out);
}

static bool
is_plain(json_object *value)
{
	return !json_object_is_type(value, json_type_object) &&
	    !json_object_is_type(value, json_type_array);
}

static void
print_plain(FILE *out, json_object *value)
{
	const char *text;

	switch (json_object_get_type(value)) {
	case json_type_null:
		fputs("none", out);
		break;
	case json_type_boolean:
		fputs(json_object_get_boolean(value) ? "yes" : "no", out);
		break;
	case json_type_string:
		utf8_print(out, json_object_get_string(value),
		    (size_t)json_object_get_string_len(value), false);
		break;
	default:
		text = json_object_get_string(value);
		fputs(text == NULL ? "?" : text, out);
	}
}

static bool
all_plain(json_object *list)
{
	size_t k;

	for (k = 0; k < json_object_array_length(list); k++)
		if (!is_plain(json_object_array_get_idx(list, k)))
			return false;
	return true;
}

/* Whether the members are plain values that find room on one line. */
static bool
fits(json_object *o, unsigned indent)
{
	size_t width = indent;

	json_object_object_foreach(o, key, value) {
		if (!is_plain(value))
			return false;
		width += strlen(key) + strlen(", : ");
		if (value != NULL)
			width += strlen(json_object_get_string(value));
	}
	return width <= LINE_WIDTH;
}

static void
print_line(FILE *out, json_object *o)
{
	const char *between = "";

	json_object_object_foreach(o, key, value) {
		fputs(between, out);
		print_key(out, key);
		putc(' ', out);
		print_plain(out, value);
		between = ", ";
	}
	putc('\n', out);
}

static void
print_list_line(FILE *out, json_object *list)
{
	size_t k, count = json_object_array_length(list);

	for (k = 0; k < count; k++) {
		if (k > 0)
			fputs(", ", out);
		print_plain(out, json_object_array_get_idx(list, k));
	}
	fputs(count == 0 ? "none\n" : "\n", out);
}

/* One block each, which a dash begins. */
static void
print_blocks(FILE *out, json_object *list, unsigned indent)
{
	json_object *value;
	size_t k;

	for (k = 0; k < json_object_array_length(list); k++) {
		value = json_object_array_get_idx(list, k);
		print_indent(out, indent);
		putc('-', out);
		if (json_object_is_type(value, json_type_object) &&
		    json_object_object_length(value) > 0) {
			putc(' ', out);
			if (fits(value, indent))
				print_line(out, value);
			else
				print_members(out, value, indent + STEP,
				    true);
		} else {
			print_value(out, value, indent);
		}
	}
}

/* What stands behind a key or a dash. */
static void
print_value(FILE *out, json_object *value, unsigned indent)
{
	if (is_plain(value)) {
		putc(' ', out);
		print_plain(out, value);
		putc('\n', out);
	} else if (json_object_is_type(value, json_type_array)) {
		if (all_plain(value)) {
			putc(' ', out);
			print_list_line(out, value);
		} else {
			putc('\n', out);
			print_blocks(out, value, indent + STEP);
		}
	} else if (json_object_object_length(value) == 0) {
		fputs(" none\n", out);
	} else {
		putc('\n', out);
		print_members(out, value, indent + STEP, false);
	}
}

/* begun: something stands on the first one's line already. */
static void
print_members(FILE *out, json_object *o, unsigned indent, bool begun)
{
	json_object_object_foreach(o, key, value) {
		if (!begun)
			print_indent(out, indent);
		begun = false;
		print_key(out, key);
		print_value(out, value, indent);
	}
}

void
decode_print(FILE *out, json_object *o, unsigned indent)
{
	print_members(out, o, indent, false);
}
