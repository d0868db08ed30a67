/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "edit_json.h"
#include "format.h"
#include "strict.h"

#define KIB_PER_PAGE	(PAGE_SIZE / 1024)

int
edit_json_open(struct edit_json *j, const char *text, size_t size,
    struct fault *f)
{
	j->text = NULL;
	if ((j->o = strict_object(text, size)) == NULL)
		return strict_none(f);
	return 0;
}

void
edit_json_close(struct edit_json *j)
{
	json_object_put(j->o);
	j->o = NULL;
}

static int
no_memory(struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
}

/* Makes value the member, and takes it in any case. */
static int
set(json_object *o, const char *key, json_object *value, struct fault *f)
{
	if (value != NULL && json_object_object_add(o, key, value) == 0)
		return 0;
	json_object_put(value);
	return no_memory(f);
}

static int
set_number(json_object *o, const char *key, uint64_t n, struct fault *f)
{
	return set(o, key, json_object_new_uint64(n), f);
}

/* Name and uuid, which both objects have in the same form. */
static int
set_identity(json_object *o, const struct edit_config *c, struct fault *f)
{
	char text[UUID_TEXT_SIZE];

	if (c->name != NULL &&
	    set(o, "name", json_object_new_string(c->name), f) == -1)
		return -1;
	if (!c->uuid_set)
		return 0;
	uuid_print(c->uuid, text);
	return set(o, "uuid", json_object_new_string(text), f);
}

static int
print(struct edit_json *j, int format, struct fault *f)
{
	j->text = strict_print(j->o, format | JSON_C_TO_STRING_NOSLASHESCAPE);
	return j->text == NULL ? no_memory(f) : 0;
}

int
edit_json_guest(struct edit_json *j, const struct edit_config *c,
    struct fault *f)
{
	uint64_t kib = c->memory_kib;

	if (set_identity(j->o, c, f) == -1)
		return -1;
	if (c->vcpus > 0 && set_number(j->o, "vcpus", c->vcpus, f) == -1)
		return -1;
	if (kib > 0 &&
	    (set_number(j->o, "max_pages", kib / KIB_PER_PAGE, f) == -1 ||
	    set_number(j->o, "target_kib", kib, f) == -1 ||
	    set_number(j->o, "static_max_kib", kib, f) == -1))
		return -1;
	return print(j, JSON_C_TO_STRING_PLAIN, f);
}

/* The member of that name, made if it is not there; NULL with *f set. */
static json_object *
part(json_object *o, const char *key, struct fault *f)
{
	json_object *value;

	if (!json_object_object_get_ex(o, key, &value)) {
		value = json_object_new_object();
		return set(o, key, value, f) == -1 ? NULL : value;
	}
	if (json_object_is_type(value, json_type_object))
		return value;
	fault_set(f, EXIT_REFUSED, "xl's configuration has a \"%s\" that is "
	    "no object", key);
	return NULL;
}

/* All vcpus are there from the start. */
static int
set_vcpus(json_object *build, uint64_t vcpus, struct fault *f)
{
	json_object *list = json_object_new_array(), *n;
	uint64_t i;

	for (i = 0; list != NULL && i < vcpus; i++)
		if ((n = json_object_new_uint64(i)) == NULL ||
		    json_object_array_add(list, n) != 0) {
			json_object_put(n);
			json_object_put(list);
			return no_memory(f);
		}
	return set(build, "avail_vcpus", list, f) == -1 ? -1 :
	    set_number(build, "max_vcpus", vcpus, f);
}

int
edit_json_xl(struct edit_json *j, const struct edit_config *c,
    struct fault *f)
{
	json_object *create = part(j->o, "c_info", f), *build;

	if (create == NULL || set_identity(create, c, f) == -1)
		return -1;
	if (c->vcpus > 0 || c->memory_kib > 0) {
		if ((build = part(j->o, "b_info", f)) == NULL)
			return -1;
		if (c->vcpus > 0 && set_vcpus(build, c->vcpus, f) == -1)
			return -1;
		if (c->memory_kib > 0 && (set_number(build, "max_memkb",
		    c->memory_kib, f) == -1 || set_number(build,
		    "target_memkb", c->memory_kib, f) == -1))
			return -1;
	}
	return print(j, JSON_C_TO_STRING_PRETTY, f);
}
