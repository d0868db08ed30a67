/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * json-c parses one record at a time: what is around them is read here, so
 * that a list may be as long as a guest is large.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "page_list.h"
#include "strict.h"

#define COUNT_MAX	((RECORD_LENGTH_MAX - PAGE_DATA_HEADER_SIZE) / 8)

__attribute__((format(printf, 5, 6))) static int
wrong(const struct page_list *l, uint64_t line, struct fault *f, int status,
    const char *fmt, ...)
{
	char text[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return fault_set(f, status, "%.150s: line %" PRIu64 ": %s",
	    l->file->name, line, text);
}

/* Makes sure that there is text to look at.  1, 0 at the end, or -1. */
static int
fill(struct page_list *l, struct fault *f)
{
	uint64_t left = l->file->size - l->file->offset;

	if (l->begin < l->end)
		return 1;
	l->begin = 0;
	l->end = left < sizeof(l->text) ? (size_t)left : sizeof(l->text);
	if (l->end == 0)
		return 0;
	if (steady_read(l->file, l->text, l->end, f) == -1)
		return -1;
	/* json-c takes a NUL for the end of the text. */
	if (memchr(l->text, '\0', l->end) != NULL)
		return wrong(l, l->line, f, EXIT_MALFORMED,
		    "NUL bytes from here on: this is no text");
	return 1;
}

/* The next size bytes of the text are done with. */
static void
take(struct page_list *l, size_t size)
{
	for (; size > 0; size--)
		l->line += l->text[l->begin++] == '\n';
}

/* The next character but white space, not taken; 0 at the end, or -1. */
static int
peek(struct page_list *l, struct fault *f)
{
	int got;

	while ((got = fill(l, f)) == 1) {
		if (strchr(" \t\r\n", l->text[l->begin]) == NULL)
			return (unsigned char)l->text[l->begin];
		take(l, 1);
	}
	return got;
}

/* Takes the word that has to come next, behind white space. */
static int
expect(struct page_list *l, const char *word, struct fault *f)
{
	const char *next = word;
	int c = peek(l, f);

	for (; c != -1 && *next != '\0'; next++) {
		if ((c = fill(l, f)) != 1 || l->text[l->begin] != *next)
			break;
		take(l, 1);
	}
	if (c == -1)
		return -1;
	return *next == '\0' ? 0 : wrong(l, l->line, f, EXIT_MALFORMED,
	    "%s has to stand here", word);
}

/* Parses the next value, which begins with what peek returned. */
static json_object *
parse(struct page_list *l, struct fault *f)
{
	json_tokener *t = l->tokener;
	json_object *o = NULL;
	char starts[2] = "";
	uint64_t size = 0;
	size_t used;
	int got;

	json_tokener_reset(t);
	starts[0] = l->text[l->begin];
	do {
		if ((got = fill(l, f)) != 1) {
			if (got == 0)
				wrong(l, l->line, f, EXIT_MALFORMED,
				    "the list is cut short");
			return NULL;
		}
		o = json_tokener_parse_ex(t, l->text + l->begin,
		    (int)(l->end - l->begin));
		used = json_tokener_get_parse_end(t);
		take(l, used);
		size += used;
	} while (json_tokener_get_error(t) == json_tokener_continue &&
	    size <= PAGE_LIST_TEXT_MAX);
	if (json_tokener_get_error(t) == json_tokener_continue)
		wrong(l, l->start, f, EXIT_REFUSED, "a record of more than "
		    "%u bytes of text", PAGE_LIST_TEXT_MAX);
	else if (o == NULL && strict_starved(t, starts))
		fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	else if (o == NULL)
		wrong(l, l->line, f, EXIT_MALFORMED, "not JSON: %s",
		    json_tokener_error_desc(json_tokener_get_error(t)));
	return o;
}

/* The run numbered i of the record. */
static int
take_run(struct page_list *l, size_t i, json_object *o, struct fault *f)
{
	size_t size = json_object_is_type(o, json_type_array) ?
	    json_object_array_length(o) : 0;
	struct page_run *run = &l->runs[i];
	const char *name;
	uint64_t bits = 0;

	if ((size != 3 && size != 4) ||
	    (name = strict_string(json_object_array_get_idx(o, 2))) == NULL ||
	    !page_type_parse(name, &run->type))
		return wrong(l, l->start, f, EXIT_MALFORMED, "run %zu of "
		    "\"pages\" is not [pfn, count, \"TYPE\"]", i);
	if (!strict_is_number(json_object_array_get_idx(o, 0), PFN_MASK,
	    &run->pfn) ||
	    !strict_is_number(json_object_array_get_idx(o, 1), COUNT_MAX,
	    &run->count) || run->count == 0 ||
	    run->count - 1 > PFN_MASK - run->pfn)
		return wrong(l, l->start, f, EXIT_MALFORMED, "run %zu of "
		    "\"pages\" has no pfns of 52 bits, or none at all", i);
	if (size == 4 && !strict_is_number(json_object_array_get_idx(o, 3),
	    0xff, &bits))
		return wrong(l, l->start, f, EXIT_MALFORMED, "run %zu of "
		    "\"pages\" has reserved bits that are not 0 to 255", i);
	run->reserved = (unsigned)bits;
	l->entries += run->count;
	if (page_has_data(run->type))
		l->full += run->count;
	return 0;
}

static uint64_t
length(const struct page_list *l)
{
	return PAGE_DATA_HEADER_SIZE + 8 * l->entries + PAGE_SIZE * l->full;
}

static int
take_runs(struct page_list *l, json_object *o, struct fault *f)
{
	size_t i, count = json_object_is_type(o, json_type_array) ?
	    json_object_array_length(o) : 0;
	struct page_run *runs;

	if (count == 0)
		return wrong(l, l->start, f, EXIT_MALFORMED, "a record "
		    "without \"pages\"");
	if (count > PAGE_LIST_RUNS_MAX)
		return wrong(l, l->start, f, EXIT_REFUSED, "a record of %zu "
		    "runs, limit %u", count, PAGE_LIST_RUNS_MAX);
	runs = realloc(l->runs, count * sizeof(*runs));
	if (runs == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a list of "
		    "pages");
	l->runs = runs;
	l->count = count;
	l->entries = l->full = 0;
	for (i = 0; i < count; i++)
		if (take_run(l, i, json_object_array_get_idx(o, i), f) == -1)
			return -1;
	if (length(l) > RECORD_LENGTH_MAX)
		return wrong(l, l->start, f, EXIT_MALFORMED, "a record of %"
		    PRIu64 " bytes, limit %u", length(l), RECORD_LENGTH_MAX);
	return 0;
}

static int
take_record(struct page_list *l, json_object *o, struct fault *f)
{
	json_object *pages = NULL, *reserved = NULL, *at = NULL;
	uint64_t n = 0;
	bool has_pages = json_object_object_get_ex(o, "pages", &pages);
	bool has_reserved = json_object_object_get_ex(o, "reserved",
	    &reserved);
	bool has_at = json_object_object_get_ex(o, "at", &at);

	if (json_object_object_length(o) != has_pages + has_reserved + has_at)
		return wrong(l, l->start, f, EXIT_MALFORMED, "a record with "
		    "more than \"at\", \"reserved\" and \"pages\"");
	if (has_reserved && !strict_is_number(reserved, UINT32_MAX, &n))
		return wrong(l, l->start, f, EXIT_MALFORMED, "\"reserved\" "
		    "is not a number of 32 bits");
	l->reserved = (uint32_t)n;
	return take_runs(l, pages, f);
}

int
page_list_open(struct page_list *l, struct steady *file, struct fault *f)
{
	memset(l, 0, sizeof(*l));
	l->file = file;
	l->line = 1;
	if ((l->tokener = json_tokener_new()) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a list of "
		    "pages");
	json_tokener_set_flags(l->tokener, JSON_TOKENER_STRICT |
	    JSON_TOKENER_ALLOW_TRAILING_CHARS);
	return 0;
}

/* What stands before a record.  1, or 0 behind the last, or -1. */
static int
find_record(struct page_list *l, struct fault *f)
{
	int c;

	if (l->records == 0 && (expect(l, "{", f) == -1 ||
	    expect(l, "\"records\"", f) == -1 || expect(l, ":", f) == -1 ||
	    expect(l, "[", f) == -1))
		return -1;
	if ((c = peek(l, f)) == -1)
		return -1;
	if (c != ']') {
		if (l->records > 0 && expect(l, ",", f) == -1)
			return -1;
		if ((c = peek(l, f)) == '{')
			return 1;
		return c == -1 ? -1 : expect(l, "{", f);
	}
	if (expect(l, "]", f) == -1 || expect(l, "}", f) == -1 ||
	    (c = peek(l, f)) == -1)
		return -1;
	return c == 0 ? 0 : wrong(l, l->line, f, EXIT_MALFORMED,
	    "there is more behind the end of the list");
}

int
page_list_next(struct page_list *l, struct fault *f)
{
	int found = find_record(l, f), result;
	json_object *o;

	if (found != 1)
		return found;
	l->records++;
	l->start = l->line;
	if ((o = parse(l, f)) == NULL)
		return -1;
	result = take_record(l, o, f);
	json_object_put(o);
	return result == -1 ? -1 : 1;
}

uint32_t
page_list_length(const struct page_list *l)
{
	return (uint32_t)length(l);
}

void
page_list_close(struct page_list *l)
{
	if (l->tokener != NULL)
		json_tokener_free(l->tokener);
	free(l->runs);
	l->tokener = NULL;
	l->runs = NULL;
}
