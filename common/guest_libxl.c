/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What libxl keeps of a domain in files of its own: tools/libs/light in
 * xen.git, libxl_dom.c (libxl__userdata_path) and libxl_types.idl.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <json-c/json.h>

#include "format.h"
#include "guest_xen.h"

#define DIRECTORY	"/var/lib/xen"
#define STORED		DIRECTORY "/userdata-d.%u.%s.libxl-json"
#define ALL_STORED	DIRECTORY "/userdata-?.%u.%s.*"

static const char *
stored_path(const struct guest *g, const uint8_t uuid[UUID_SIZE],
    char path[GUEST_PATH_SIZE])
{
	char text[UUID_TEXT_SIZE];

	uuid_print(uuid, text);
	snprintf(path, GUEST_PATH_SIZE, STORED, g->domid, text);
	return path;
}

static void
take_limit(json_object *info, const char *key, uint64_t *out)
{
	json_object *value;

	if (json_object_object_get_ex(info, key, &value) &&
	    json_object_is_type(value, json_type_int) &&
	    json_object_get_int64(value) > 0)
		*out = json_object_get_uint64(value);
}

void
guest_libxl_read(struct guest *g, struct config *c)
{
	char path[GUEST_PATH_SIZE];
	json_object *o, *info, *value;

	o = json_object_from_file(stored_path(g, c->uuid, path));
	if (json_object_object_get_ex(o, "b_info", &info)) {
		take_limit(info, "event_channels", &c->event_channels);
		take_limit(info, "max_grant_frames", &c->grant_frames);
		take_limit(info, "max_maptrack_frames", &c->maptrack_frames);
		take_limit(info, "max_grant_version", &c->grant_version);
		if (json_object_object_get_ex(info, "nested_hvm", &value) &&
		    json_object_is_type(value, json_type_string))
			c->nested = strcmp(json_object_get_string(value),
			    "True") == 0;
	}
	json_object_put(o);
}


static json_object *
add(json_object *o, const char *key, json_object *value)
{
	json_object_object_add(o, key, value);
	return value;
}

static void
add_limit(json_object *o, const char *key, uint64_t n)
{
	if (n != CONFIG_DEFAULT)
		add(o, key, json_object_new_uint64(n));
}

/*
 * A libxl_domain_config of what was checked here; nothing that a stream says
 * of programs or files gets into it.
 */
static json_object *
stored_config(const struct config *c)
{
	const char *type = config_type_name(c->type);
	uint64_t kib = c->pages * (PAGE_SIZE / 1024), i;
	json_object *o = json_object_new_object(), *part, *list;
	char text[UUID_TEXT_SIZE];

	part = add(o, "c_info", json_object_new_object());
	add(part, "type", json_object_new_string(type));
	add(part, "name", json_object_new_string(c->name));
	uuid_print(c->uuid, text);
	add(part, "uuid", json_object_new_string(text));
	part = add(o, "b_info", json_object_new_object());
	add(part, "max_vcpus", json_object_new_uint64(c->vcpus));
	list = add(part, "avail_vcpus", json_object_new_array());
	for (i = 0; i < c->vcpus; i++)
		json_object_array_add(list, json_object_new_uint64(i));
	add(part, "max_memkb", json_object_new_uint64(
	    c->static_max_kib > 0 ? c->static_max_kib : kib));
	add(part, "target_memkb", json_object_new_uint64(
	    c->target_kib > 0 ? c->target_kib : kib));
	add_limit(part, "event_channels", c->event_channels);
	add_limit(part, "max_grant_frames", c->grant_frames);
	add_limit(part, "max_maptrack_frames", c->maptrack_frames);
	snprintf(text, sizeof(text), "type.%s", type);
	add(part, text, json_object_new_object());
	return o;
}

int
guest_libxl_write(struct guest *g, const struct config *c)
{
	char path[GUEST_PATH_SIZE];
	json_object *o;
	int fd, result;

	if (access(DIRECTORY, F_OK) == -1 && errno == ENOENT)
		return 0;
	fd = open(stored_path(g, c->uuid, path),
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1)
		return -1;
	o = stored_config(c);
	result = json_object_to_fd(fd, o, JSON_C_TO_STRING_PRETTY);
	json_object_put(o);
	return close(fd) == -1 ? -1 : result;
}

void
guest_libxl_remove(struct guest *g, const uint8_t uuid[UUID_SIZE])
{
	char pattern[GUEST_PATH_SIZE], text[UUID_TEXT_SIZE];
	glob_t found;
	size_t i;

	uuid_print(uuid, text);
	snprintf(pattern, sizeof(pattern), ALL_STORED, g->domid, text);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) != 0)
		return;
	for (i = 0; i < found.gl_pathc; i++)
		unlink(found.gl_pathv[i]);
	globfree(&found);
}
