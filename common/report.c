/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "format.h"
#include "report.h"
#include "types.h"
#include "utf8.h"

#define LABEL	12	/* columns */

/* The member at a path of keys, "config/config/name", or NULL. */
static json_object *
member(json_object *o, const char *path)
{
	char key[64];
	const char *end;

	for (; o != NULL && *path != '\0'; path = *end == '/' ? end + 1 :
	    end) {
		end = strchrnul(path, '/');
		snprintf(key, sizeof(key), "%.*s", (int)(end - path), path);
		if (!json_object_object_get_ex(o, key, &o))
			return NULL;
	}
	return o;
}

/* The first of these paths that is there; foreign text. */
static const char *
find_text(json_object *o, const char *const *paths)
{
	json_object *found = NULL;

	for (; found == NULL && *paths != NULL; paths++)
		found = member(o, *paths);
	return found == NULL ? NULL : json_object_get_string(found);
}

static void
print_text(FILE *out, const char *text)
{
	utf8_print(out, text, strlen(text), false);
}

static void __attribute__((format(printf, 3, 4)))
print_line(FILE *out, const char *label, const char *fmt, ...)
{
	va_list ap;

	fprintf(out, "%-*s", LABEL, label);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}

static const char *
mib(uint64_t bytes, char text[32])
{
	snprintf(text, 32, "%.1f MiB", (double)bytes / (1 << 20));
	return text;
}

static double
percent(uint64_t part, uint64_t all)
{
	return all == 0 ? 0 : 100.0 * (double)part / (double)all;
}

static void
print_stream(const struct report *r, FILE *out)
{
	static const struct {
		const char *kind, *text;
	} kinds[] = {
		{ "image", "bare image" },
		{ "libxl", "libxl stream" },
		{ "xl", "xl save file" },
		{ "virsh", "virsh save file" },
		{ "container", "container: a guest encrypted or in parts" },
	};
	const struct survey *s = r->survey;
	json_object *kind = member(r->about->o, "kind");
	char plain[32], packed[32];
	size_t i;

	for (i = 0; kind != NULL && i < 5; i++)
		if (strcmp(json_object_get_string(kind), kinds[i].kind) == 0)
			print_line(out, "stream", "%s%s", kinds[i].text,
			    r->stored ? ", stored" : "");
	if (r->layers->compressed)
		print_line(out, "layers", "compressed: %s are %s here, "
		    "%.1f %%", mib(s->bytes, plain), mib(s->packed, packed),
		    percent(s->packed, s->bytes));
}

const struct verification *
report_checks(const struct report *r)
{
	return checked_has(&r->layers->outer) ?
	    &r->layers->outer.verification :
	    checked_has(&r->layers->inner) ?
	    &r->layers->inner.verification : NULL;
}

static void
print_checks(const struct report *r, FILE *out)
{
	const struct verification *v = report_checks(r);

	if (v != NULL && r->layers->flawed)
		print_line(out, "check data", "%s", r->layers->flaw.text);
	else if (v != NULL)
		print_line(out, "check data", "%" PRIu64 " records are sound",
		    v->records);
}

/* "pv-linux, uuid ..., PV 64-bit, 2 vcpus", as far as the stream says so. */
static void
print_guest(const struct report *r, FILE *out)
{
	static const char *const texts[][4] = {
		{ "config/config/name", "xl/name", "virsh/name", NULL },
		{ "config/config/uuid", "xl/uuid", "virsh/uuid", NULL },
		{ "config/config/type", "xl/type", "virsh/type", NULL },
		{ "config/config/vcpus", "xl/vcpus", "virsh/vcpus", NULL },
	};
	static const char *const before[] = { "", ", uuid ", ", ",
		", vcpus " };
	const char *text = find_text(r->about->o, texts[0]);
	size_t i;

	if (text != NULL) {
		fprintf(out, "%-*s", LABEL, "guest");
		for (i = 0; i < 4; i++)
			if ((text = find_text(r->about->o, texts[i])) !=
			    NULL) {
				fputs(before[i], out);
				print_text(out, text);
			}
		fputc('\n', out);
	}
}

static void
print_image(const struct report *r, FILE *out)
{
	json_object *o = r->about->o, *part;
	json_object *version = member(o, "image/version");

	if (version == NULL)
		return;
	fprintf(out, "%-*sversion %s", LABEL, "image",
	    json_object_get_string(version));
	if ((part = member(o, "image/domain_type")) != NULL)
		fprintf(out, ", %s", json_object_get_string(part));
	if ((part = member(o, "pv/guest_width")) != NULL)
		fprintf(out, ", %d-bit", 8 * json_object_get_int(part));
	if ((part = member(o, "image/xen_version")) != NULL)
		fprintf(out, ", from Xen %s", json_object_get_string(part));
	fputc('\n', out);
	if ((part = member(o, "policy/brand")) != NULL) {
		fprintf(out, "%-*s", LABEL, "processor");
		print_text(out, json_object_get_string(part));
		fputc('\n', out);
	}
}

static void
print_records(const struct survey *s, FILE *out)
{
	char name[TYPE_NAME_SIZE];
	unsigned i;

	fprintf(out, "%-*s%" PRIu64 ":", LABEL, "records", s->records);
	for (i = 0; i < s->counts; i++)
		fprintf(out, "%s %s %" PRIu64, i == 0 ? "" : ",",
		    i == SURVEY_TYPES - 1 ? "others" :
		    type_name(s->count[i].type, name), s->count[i].records);
	fputc('\n', out);
}

static void
print_pages(const struct survey *s, FILE *out)
{
	char size[32];
	unsigned type;

	fprintf(out, "%-*s%" PRIu64 " with data, %s", LABEL, "pages",
	    s->pages, mib(s->pages * PAGE_SIZE, size));
	for (type = 0; type < PAGE_TYPES; type++)
		if (s->type[type] > 0)
			fprintf(out, ", %s %" PRIu64, page_type_name(type),
			    s->type[type]);
	fprintf(out, "; highest pfn 0x%" PRIx64 "\n", s->highest);
	print_line(out, "zero", "%" PRIu64 ", %.1f %%", s->zero,
	    percent(s->zero, s->pages));
	print_line(out, "duplicate", "%" PRIu64 ", %.1f %%", s->duplicates,
	    percent(s->duplicates, s->pages));
}

/* How a live stream came about. */
static void
print_rounds(const struct survey *s, FILE *out)
{
	unsigned i;

	fprintf(out, "%-*s%u%s:", LABEL, "rounds", s->rounds,
	    s->rounds == SURVEY_ROUNDS ? " or more" : "");
	for (i = 0; i < s->rounds; i++)
		fprintf(out, " %" PRIu64, s->round[i]);
	fputs(" pages\n", out);
	if (s->sent > s->pages)
		print_line(out, "repeated", "%" PRIu64 " of %" PRIu64
		    " sent, %.1f %%; most often pfn 0x%" PRIx64 ", %" PRIu64
		    "%s times", s->sent - s->pages, s->sent,
		    percent(s->sent - s->pages, s->sent), s->most_pfn,
		    s->most, s->most == SURVEY_TIMES_MAX ? " or more" : "");
}

static void
print_end(const struct report *r, FILE *out)
{
	const struct survey *s = r->survey;
	char size[32];

	if (s->checkpoints > 0)
		print_line(out, "checkpoints", "%" PRIu64, s->checkpoints);
	print_line(out, "size", "%s in records of the image",
	    mib(s->bytes, size));
	print_line(out, "end", "%s", r->whole && s->ended ? "complete" :
	    "incomplete");
	if (r->about->after_end > 0)
		print_line(out, "after end", "%" PRIu64 " bytes",
		    r->about->after_end);
}

void
report_text(const struct report *r, FILE *out)
{
	print_stream(r, out);
	print_checks(r, out);
	print_guest(r, out);
	print_image(r, out);
	if (r->survey->records > 0)
		print_records(r->survey, out);
	if (r->survey->sent > 0) {
		print_pages(r->survey, out);
		print_rounds(r->survey, out);
	}
	print_end(r, out);
}
