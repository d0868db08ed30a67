/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "put.h"
#include "report.h"
#include "types.h"

static json_object *
records_of(const struct survey *s)
{
	json_object *o = json_object_new_object(), *one;
	char name[TYPE_NAME_SIZE];
	unsigned i;

	for (i = 0; i < s->counts; i++) {
		one = json_object_new_object();
		put_number(one, "count", s->count[i].records);
		put_number(one, "bytes", s->count[i].bytes);
		json_object_object_add(o, i == SURVEY_TYPES - 1 ? "others" :
		    type_name(s->count[i].type, name), one);
	}
	return o;
}

static json_object *
numbers(const uint64_t *number, unsigned count)
{
	json_object *o = json_object_new_array();
	unsigned i;

	for (i = 0; i < count; i++)
		json_object_array_add(o, json_object_new_uint64(number[i]));
	return o;
}

static json_object *
pages_of(const struct survey *s)
{
	json_object *o = json_object_new_object(), *types;
	unsigned type;

	put_number(o, "count", s->pages);
	put_number(o, "zero", s->zero);
	put_number(o, "duplicate", s->duplicates);
	put_hex(o, "highest", s->highest);
	types = json_object_new_object();
	for (type = 0; type < PAGE_TYPES; type++)
		if (s->type[type] > 0)
			put_number(types, page_type_name(type),
			    s->type[type]);
	json_object_object_add(o, "types", types);
	put_number(o, "sent", s->sent);
	put_number(o, "repeated", s->sent - s->pages);
	json_object_object_add(o, "rounds", numbers(s->round, s->rounds));
	json_object_object_add(o, "times", numbers(s->times, SURVEY_TIMES));
	if (s->most > 0) {
		put_number(o, "most_times", s->most);
		put_hex(o, "most_pfn", s->most_pfn);
	}
	return o;
}

static void
add_layer(json_object *list, bool there, const char *name)
{
	if (there)
		json_object_array_add(list, json_object_new_string(name));
}

static json_object *
checks_of(const struct report *r)
{
	json_object *o = json_object_new_object();

	put_number(o, "records", report_checks(r)->records);
	json_object_object_add(o, "sound",
	    json_object_new_boolean(!r->layers->flawed));
	return o;
}

json_object *
report_object(const struct report *r)
{
	const struct survey *s = r->survey;
	json_object *o = json_object_new_object();
	json_object *layers = json_object_new_array();

	if (o == NULL)
		return NULL;
	json_object_object_foreach(r->about->o, key, value) {
		json_object_object_add(o, key, json_object_get(value));
	}
	add_layer(layers, checked_has(&r->layers->outer), "checked");
	add_layer(layers, r->layers->compressed, "compressed");
	add_layer(layers, checked_has(&r->layers->inner), "checked");
	json_object_object_add(o, "layers", layers);
	if (report_checks(r) != NULL)
		json_object_object_add(o, "checks", checks_of(r));
	json_object_object_add(o, "complete",
	    json_object_new_boolean(r->whole && s->ended));
	json_object_object_add(o, "stored",
	    json_object_new_boolean(r->stored));
	put_number(o, "count", s->records);
	put_number(o, "bytes", s->bytes);
	put_number(o, "packed", s->packed);
	put_number(o, "checkpoints", s->checkpoints);
	put_number(o, "after_end", r->about->after_end);
	json_object_object_add(o, "records", records_of(s));
	json_object_object_add(o, "pages", pages_of(s));
	return o;
}
