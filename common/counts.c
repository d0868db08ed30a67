/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "counts.h"
#include "put.h"

/* The classes that are told apart; packed ones are one. */
static const struct {
	const char *key, *text;
	unsigned class, count;
} rows[] = {
	{ "zero", "all zero", CLASS_ZERO, 1 },
	{ "word", "one word, repeated", CLASS_WORD, 1 },
	{ "same", "as one before", CLASS_SAME, 1 },
	{ "changed", "changed since", CLASS_CHANGED, 1 },
	{ "stored", "stored", CLASS_STORED, 1 },
	{ "packed", "packed", CLASS_PACKED, PACKED_GROUPS },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

void
counts_add(struct counts *to, const struct counts *from)
{
	unsigned i;

	to->records += from->records;
	to->bytes += from->bytes;
	to->packed += from->packed;
	to->page_records += from->page_records;
	to->page_bytes += from->page_bytes;
	to->page_packed += from->page_packed;
	to->absent += from->absent;
	for (i = 0; i < CLASSES; i++)
		to->pages[i] += from->pages[i];
	to->index += from->index;
	to->frames += from->frames;
	to->changes += from->changes;
	to->stored += from->stored;
}

static uint64_t
pages_of(const struct counts *c, size_t row)
{
	uint64_t pages = 0;
	unsigned i;

	for (i = 0; i < rows[row].count; i++)
		pages += c->pages[rows[row].class + i];
	return pages;
}

/* Bytes of what is in the stream for the pages of a row alone. */
static uint64_t
bytes_of(const struct counts *c, size_t row)
{
	switch (rows[row].class) {
	case CLASS_CHANGED:
		return c->changes;
	case CLASS_STORED:
		return c->stored;
	case CLASS_PACKED:
		return c->frames;
	default:
		return 0;
	}
}

static double
percent(uint64_t part, uint64_t all)
{
	return all == 0 ? 0 : 100.0 * (double)part / (double)all;
}

static void
print_row(FILE *out, const char *text, uint64_t pages, uint64_t all,
    uint64_t bytes)
{
	fprintf(out, "%-20s %12" PRIu64 " %6.1f %% %15" PRIu64, text, pages,
	    percent(pages, all), bytes);
	if (bytes > 0 && pages > 0)
		fprintf(out, " %6.1f %%", percent(bytes, pages * PAGE_SIZE));
	fputc('\n', out);
}

void
counts_print(const struct counts *c, FILE *out)
{
	uint64_t all = 0;
	size_t i;

	for (i = 0; i < ROWS; i++)
		all += pages_of(c, i);
	fprintf(out, "%-20s %12s %8s %15s %8s\n", "pages", "count", "",
	    "bytes packed", "of its");
	for (i = 0; i < ROWS; i++)
		print_row(out, rows[i].text, pages_of(c, i), all,
		    bytes_of(c, i));
	fprintf(out, "%-20s %12" PRIu64 " %8s %15" PRIu64 "\n",
	    "pfns, classes", c->absent + all, "", c->index);
	fprintf(out, "%-20s %12" PRIu64 " %8s %15" PRIu64 " %6.1f %%\n",
	    "other records", c->records - c->page_records, "",
	    c->packed - c->page_packed, percent(c->packed - c->page_packed,
	    c->bytes - c->page_bytes));
	fprintf(out, "%-20s %12" PRIu64 " %8s %15" PRIu64 " %6.1f %%\n",
	    "all records", c->records, "", c->packed,
	    percent(c->packed, c->bytes));
}

char *
counts_text(const struct counts *c)
{
	json_object *o = json_object_new_object();
	json_object *pages = json_object_new_object();
	json_object *bytes = json_object_new_object();
	char *text;
	size_t i;

	put_number(o, "records", c->records);
	put_number(o, "records_bytes", c->bytes);
	put_number(o, "records_packed", c->packed);
	put_number(o, "page_records", c->page_records);
	put_number(o, "page_records_bytes", c->page_bytes);
	put_number(o, "page_records_packed", c->page_packed);
	put_number(o, "pfns_without_data", c->absent);
	for (i = 0; i < ROWS; i++)
		put_number(pages, rows[i].key, pages_of(c, i));
	json_object_object_add(o, "pages", pages);
	put_number(bytes, "index", c->index);
	put_number(bytes, "changed", c->changes);
	put_number(bytes, "stored", c->stored);
	put_number(bytes, "packed", c->frames);
	json_object_object_add(o, "bytes", bytes);
	text = strdup(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
	return text;
}
