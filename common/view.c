/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "dump.h"
#include "picture.h"
#include "put.h"
#include "report.h"
#include "types.h"
#include "view.h"

#define SHOWN	10u	/* findings of a rule, without -v */

static void
print_object(FILE *out, const char *key, json_object *value)
{
	json_object *o = json_object_new_object();

	json_object_object_add(o, key, value);
	put_line(out, o);
}

static void
print_finding(struct view *v, enum lint_rule rule, const struct fault *f)
{
	const char *level = lint_level(rule) == LINT_ERROR ? "error" :
	    "warning";
	json_object *o;

	if (!v->json) {
		fprintf(v->out, "%s: %s [%s]\n", level, f->text,
		    lint_name(rule));
		return;
	}
	o = json_object_new_object();
	json_object_object_add(o, "rule",
	    json_object_new_string(lint_name(rule)));
	json_object_object_add(o, "level", json_object_new_string(level));
	json_object_object_add(o, "text", json_object_new_string(f->text));
	print_object(v->out, "finding", o);
}

static void
on_finding(void *state, enum lint_rule rule, const struct fault *f)
{
	struct view *v = state;

	if (++v->count[rule] <= SHOWN || v->verbose)
		print_finding(v, rule, f);
}

static uint64_t
count_level(const struct view *v, enum lint_level level)
{
	uint64_t count = 0;
	enum lint_rule rule;

	for (rule = 0; rule < LINT_RULES; rule++)
		if (lint_level(rule) == level)
			count += v->count[rule];
	return count;
}

/* What lint comes to.  0, or -1 with EXIT_MALFORMED. */
static int
end_lint(struct view *v, bool whole, struct fault *f)
{
	uint64_t errors = count_level(v, LINT_ERROR);
	uint64_t warnings = count_level(v, LINT_WARNING);
	enum lint_rule rule;
	json_object *o;

	for (rule = 0; rule < LINT_RULES && !v->verbose && !v->json; rule++)
		if (v->count[rule] > SHOWN)
			fprintf(v->out, "%" PRIu64 " more of [%s]; -v shows "
			    "them\n", v->count[rule] - SHOWN,
			    lint_name(rule));
	if (v->json) {
		o = json_object_new_object();
		json_object_object_add(o, "errors",
		    json_object_new_uint64(errors));
		json_object_object_add(o, "warnings",
		    json_object_new_uint64(warnings));
		json_object_object_add(o, "complete",
		    json_object_new_boolean(whole));
		print_object(v->out, "lint", o);
	} else if (!v->quiet) {
		fprintf(v->out, "%" PRIu64 " error%s, %" PRIu64
		    " warning%s\n", errors, errors == 1 ? "" : "s", warnings,
		    warnings == 1 ? "" : "s");
	}
	if (errors > 0)
		return fault_set(f, EXIT_MALFORMED,
		    "a restore of this stream must fail");
	if (v->strict && warnings > 0)
		return fault_set(f, EXIT_MALFORMED,
		    "there are warnings, and --strict was given");
	return 0;
}

/* The page that is asked for, if this record has it. */
static void
look_for_page(struct view *v, const struct record *rec)
{
	struct pages p;
	struct page page;
	struct fault none;

	v->verified |= rec->type == REC_VERIFY;
	if (rec->type != REC_PAGE_DATA || v->verified ||
	    pages_open(&p, rec, &none) == -1)
		return;
	while (pages_next(&p, &page))
		if (page.pfn == v->wanted && page.bytes != NULL) {
			memcpy(v->page, page.bytes, PAGE_SIZE);
			v->found = true;
		}
}

static void
print_bytes(const struct view *v, const uint8_t *bytes, size_t size)
{
	if (v->raw)
		fwrite(bytes, 1, size, v->out);
	else
		dump_hex(v->out, bytes, size);
}

static void
show_record(struct view *v, const struct record *rec)
{
	if (rec->part != PART_RECORD || rec->index != v->wanted)
		return;
	print_bytes(v, rec->body, rec->length);
	v->found = true;
}

/* What prints the fields of records. */
static int
show_fields(struct view *v, const struct record *rec, struct fault *f)
{
	json_object *body;

	if (about_add(&v->about, rec, &body, f) == -1)
		return -1;
	if (v->mode == VIEW_LIST || v->json)
		listing_add(&v->listing, rec, body);
	json_object_put(body);
	return v->mode == VIEW_LIST ? 0 : survey_add(&v->survey, rec, f);
}

static int
piece(void *state, struct record *rec, struct fault *f)
{
	struct view *v = state;

	switch (v->mode) {
	case VIEW_SUMMARY:
	case VIEW_LIST:
		return show_fields(v, rec, f);
	case VIEW_LINT:
		return lint_piece(&v->lint, rec, f);
	case VIEW_RECORD:
		show_record(v, rec);
		return 0;
	case VIEW_PAGE:
		if (rec->part == PART_RECORD)
			look_for_page(v, rec);
		return 0;
	}
	return 0;
}

static int
end_summary(struct view *v, bool whole, struct fault *f)
{
	struct report r = {
		.about = &v->about, .survey = &v->survey,
		.layers = &v->inspect.layers, .whole = whole,
		.stored = v->stored,
	};

	listing_end(&v->listing);
	if (survey_end(&v->survey, f) == -1)
		return -1;
	if (v->json)
		print_object(v->out, "summary", report_object(&r));
	else
		report_text(&r, v->out);
	return v->map == NULL ? 0 : picture_write(&r, v->map_fd, v->map,
	    f);
}

/* There is no such record or page. */
static int
refuse(const struct view *v, struct fault *f)
{
	return fault_set(f, EXIT_REFUSED, v->mode == VIEW_PAGE ?
	    "pfn 0x%" PRIx64 " never came with data" :
	    "there is no record %" PRIu64, v->wanted);
}

/* What is left to be printed when the stream was read, whole or not. */
static int
end(struct view *v, bool whole, struct fault *f)
{
	switch (v->mode) {
	case VIEW_SUMMARY:
		return end_summary(v, whole, f);
	case VIEW_LIST:
		listing_end(&v->listing);
		return 0;
	case VIEW_LINT:
		return end_lint(v, whole, f);
	case VIEW_PAGE:
		if (v->found)
			print_bytes(v, v->page, PAGE_SIZE);
		break;
	case VIEW_RECORD:
		break;
	}
	return v->found || !whole ? 0 : refuse(v, f);
}

int
view_stored(struct view *v, struct stored *s, struct fault *f)
{
	int found = stored_page(s, v->wanted, v->page, f);

	if (found == 1)
		print_bytes(v, v->page, PAGE_SIZE);
	return found == 0 ? refuse(v, f) : found == 1 ? 0 : -1;
}

int
view_run(struct view *v, int in, struct fault *f)
{
	struct fault late;
	int result;

	v->inspect = (struct inspect){
		.threads = v->threads, .measure = v->mode == VIEW_SUMMARY ||
		    v->mode == VIEW_LIST,
		.entropy = v->map != NULL, .piece = piece, .state = v,
		.layers.memory = v->memory,
	};
	v->listing = (struct listing){
		.out = v->out, .json = v->json, .every = v->verbose,
	};
	v->lint.found = on_finding;
	v->lint.state = v;
	v->lint.vcpus = LINT_VCPUS_MAX;
	v->lint.checkpoints = true;
	if (about_begin(&v->about, f) == -1 ||
	    survey_begin(&v->survey, f) == -1)
		return -1;
	result = inspect_run(&v->inspect, in, f);
	if (end(v, result == 0, &late) == -1 && result == 0) {
		*f = late;
		result = -1;
	}
	if (v->inspect.layers.flawed) {
		*f = v->inspect.layers.flaw;
		result = -1;
	}
	if (result == -1)
		return -1;	/* what threads may still use stays */
	lint_free(&v->lint);
	survey_free(&v->survey);
	about_free(&v->about);
	return 0;
}
