/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "listing.h"
#include "pages.h"
#include "put.h"
#include "types.h"
#include "utf8.h"

#define SHORT_MAX	72u	/* bytes of a record's fields on its line */

static void
print_heading(struct listing *l)
{
	if (!l->headed)
		fprintf(l->out, "%11s %14s %12s  %-20s\n", "record",
		    "at byte", "length", "type");
	l->headed = true;
}

static const char *
name_of(const struct record *rec, char buf[TYPE_NAME_SIZE])
{
	return rec->part == PART_RECORD ? type_name(rec->type, buf) :
	    type_libxl_name(rec->type, buf);
}

/* The plain fields at the front of the object, as far as they fit. */
static void
print_short(FILE *out, json_object *body)
{
	size_t used = 0, size;
	const char *text;

	json_object_object_foreach(body, key, value) {
		if (json_object_is_type(value, json_type_object) ||
		    json_object_is_type(value, json_type_array))
			continue;
		text = json_object_get_string(value);
		size = strlen(key) + strlen(text) + 3;
		if (used + size > SHORT_MAX)
			break;
		fputs(used == 0 ? "" : ", ", out);
		utf8_print(out, key, strlen(key), true);
		fputc(' ', out);
		utf8_print(out, text, strlen(text), false);
		used += size;
	}
}

static void
print_line(struct listing *l, const struct record *rec, json_object *body)
{
	char name[TYPE_NAME_SIZE];

	print_heading(l);
	fprintf(l->out, "%s%*" PRIu64 " %14" PRIu64 " %12" PRIu32 "  %-20s ",
	    rec->part == PART_RECORD ? "" : "libxl",
	    rec->part == PART_RECORD ? 11 : 6, rec->index, rec->offset,
	    rec->length, name_of(rec, name));
	if (body != NULL && !l->every)
		print_short(l->out, body);
	fputc('\n', l->out);
	if (body != NULL && l->every)
		decode_print(l->out, body, 16);
}

static void
print_run(struct listing *l)
{
	const struct listing_run *r = &l->run;
	char records[48];

	if (r->records == 0)
		return;
	print_heading(l);
	snprintf(records, sizeof(records), r->records == 1 ? "%" PRIu64 :
	    "%" PRIu64 "-%" PRIu64, r->first, r->last);
	fprintf(l->out, "%11s %14" PRIu64 " %12" PRIu64 "  %-20s pfn 0x%"
	    PRIx64 " to 0x%" PRIx64 ", %" PRIu64 " with data, %" PRIu64
	    " zero\n", records, r->offset, r->bytes, "PAGE_DATA", r->low,
	    r->high, r->data, r->zero);
	l->run = (struct listing_run){ 0 };
}

/* What the pages of a record are; false when it makes no sense. */
static bool
look_at_pages(const struct record *rec, struct listing_run *run)
{
	struct pages p;
	struct page page;
	struct fault none;
	const uint8_t *look = rec->body + rec->size;

	if (pages_open(&p, rec, &none) == -1)
		return false;
	*run = (struct listing_run){
		.records = 1, .first = rec->index, .last = rec->index,
		.offset = rec->offset, .bytes = rec->length,
		.entries = p.count, .data = p.full,
	};
	while (pages_next(&p, &page)) {
		if (p.next == 1)
			run->low = page.pfn;
		run->high = page.pfn;
		if (page.bytes == NULL)
			continue;
		run->zero += get_le64(look) == 0;
		look += 8;
	}
	return true;
}

static void
add_run(struct listing *l, const struct listing_run *next)
{
	struct listing_run *run = &l->run;

	if (l->every || (run->records > 0 && next->low <= run->high))
		print_run(l);
	if (run->records == 0) {
		*run = *next;
		return;
	}
	run->records++;
	run->last = next->last;
	run->bytes += next->bytes;
	run->entries += next->entries;
	run->data += next->data;
	run->zero += next->zero;
	run->high = next->high;
}

static json_object *
pages_object(const struct listing_run *run)
{
	json_object *o = json_object_new_object();

	put_number(o, "pfns", run->entries);
	put_hex(o, "first", run->low);
	put_hex(o, "last", run->high);
	put_number(o, "data", run->data);
	put_number(o, "zero", run->zero);
	return o;
}

/* One object on a line; takes the reference to `body`. */
static void
print_object(struct listing *l, const struct record *rec, json_object *body)
{
	json_object *o = json_object_new_object();
	char name[TYPE_NAME_SIZE];

	put_number(o, rec->part == PART_RECORD ? "record" : "libxl_record",
	    rec->index);
	put_number(o, "offset", rec->offset);
	json_object_object_add(o, "type",
	    json_object_new_string(name_of(rec, name)));
	put_number(o, "length", rec->length);
	if (rec->packed > 0)
		put_number(o, "packed", rec->packed);
	if (body != NULL)
		json_object_object_add(o, "body", body);
	put_line(l->out, o);
}

/* Whether it is the piece of a record that has its fields. */
static bool
tells(const struct record *rec, json_object *body)
{
	return rec->part == PART_RECORD || (rec->part == PART_LIBXL &&
	    rec->size == RECORD_HEADER_SIZE && rec->length == 0) ||
	    (rec->part == PART_LIBXL_BODY && body != NULL);
}

void
listing_add(struct listing *l, const struct record *rec, json_object *body)
{
	struct listing_run run;
	bool pages = rec->part == PART_RECORD && rec->type == REC_PAGE_DATA
	    && look_at_pages(rec, &run);

	if (!tells(rec, body))
		return;
	if (l->json) {
		print_object(l, rec, pages ? pages_object(&run) :
		    json_object_get(body));
		return;
	}
	if (pages) {
		add_run(l, &run);
		return;
	}
	print_run(l);
	print_line(l, rec, body);
}

void
listing_end(struct listing *l)
{
	if (!l->json)
		print_run(l);
}
