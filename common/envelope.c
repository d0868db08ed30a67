/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bytes.h"
#include "edit_json.h"
#include "envelope.h"
#include "strict.h"

#define KIB_PER_PAGE	(PAGE_SIZE / 1024u)

enum envelope
envelope_found(const uint8_t *bytes, size_t size)
{
	if (size >= XL_HEADER_SIZE &&
	    memcmp(bytes, XL_MAGIC, XL_MAGIC_SIZE) == 0)
		return ENVELOPE_XL;
	if (size >= VIRSH_HEADER_SIZE &&
	    memcmp(bytes, VIRSH_MAGIC, VIRSH_MAGIC_SIZE) == 0)
		return ENVELOPE_VIRSH;
	return ENVELOPE_NONE;
}

bool
envelope_has_config(const uint8_t header[XL_HEADER_SIZE])
{
	return (get_le32(header + XL_FLAGS_OFFSET) & XL_FLAG_JSON) != 0 &&
	    get_le32(header + XL_DATA_LENGTH_OFFSET) > XL_LENGTH_SIZE;
}

/* A text file, with a NUL behind it.  NULL with *f set. */
static char *
load(const char *path, struct fault *f)
{
	char *text = malloc(ENVELOPE_TEXT_MAX + 2);
	struct source in;
	size_t size = 0;
	int fd, result;

	if (text == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory");
		return NULL;
	}
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		result = fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	else if ((result = source_open(&in, fd, f)) == 0) {
		result = source_read(&in, text, ENVELOPE_TEXT_MAX + 1, &size,
		    f);
		source_close(&in);
	}
	if (fd != -1)
		close(fd);
	text[size] = '\0';
	if (result == 0 && size > ENVELOPE_TEXT_MAX)
		result = fault_set(f, EXIT_REFUSED, "%s: more than %u bytes",
		    path, ENVELOPE_TEXT_MAX);
	if (result == 0 && strlen(text) < size)
		result = fault_set(f, EXIT_MALFORMED, "%s: no text", path);
	if (result == 0)
		return text;
	free(text);
	return NULL;
}

/* `xl list -l` prints a list of objects with a "config" each: of a list of one
 * its only element, in place. */
static void
open_list(char *text)
{
	char *first = text + strspn(text, " \t\r\n"), *last;
	size_t size = strlen(text);

	while (size > 0 && isspace((unsigned char)text[size - 1]))
		size--;
	last = text + size - 1;
	if (size < 2 || *first != '[' || *last != ']')
		return;
	*first = *last = ' ';
}

static char *
copy_json(json_object *o)
{
	return strdup(json_object_to_json_string_ext(o,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
}

/* What xl takes: text as it is, where that is it.  NULL when it is none. */
static char *
xl_config(const char *text)
{
	json_object *o = strict_object(text, strlen(text)), *config;
	char *result = NULL;

	if (o == NULL)
		return NULL;
	if (json_object_object_get_ex(o, "c_info", &config))
		result = strdup(text);
	else if (json_object_object_get_ex(o, "config", &config) &&
	    json_object_is_type(config, json_type_object) &&
	    json_object_object_get_ex(config, "c_info", NULL))
		result = copy_json(config);
	json_object_put(o);
	return result;
}

char *
envelope_load(enum envelope kind, const char *path, struct fault *f)
{
	char *text = load(path, f), *result;

	if (text == NULL)
		return NULL;
	if (kind == ENVELOPE_VIRSH) {
		if (strstr(text, "<domain") != NULL)
			return text;
		free(text);
		fault_set(f, EXIT_MALFORMED, "%s: no XML of a domain", path);
		return NULL;
	}
	open_list(text);
	result = xl_config(text);
	free(text);
	if (result != NULL)
		return result;
	fault_set(f, EXIT_MALFORMED, "%s: no configuration of xl's: no JSON "
	    "object with c_info", path);
	fault_hint(f, "xl list -l NAME prints one");
	return NULL;
}

/* What is not the default, and what xl is not to inflate the guest to. */
static int
set_sizes(struct edit_json *j, const struct config *c)
{
	uint64_t target = c->target_kib > 0 ? c->target_kib :
	    c->pages * KIB_PER_PAGE;
	json_object *build;

	if (!json_object_object_get_ex(j->o, "b_info", &build) ||
	    json_object_object_add(build, "target_memkb",
	    json_object_new_uint64(target)) != 0 ||
	    json_object_object_add(build, "event_channels",
	    json_object_new_uint64(c->event_channels)) != 0)
		return -1;
	if (c->grant_frames != CONFIG_DEFAULT &&
	    json_object_object_add(build, "max_grant_frames",
	    json_object_new_uint64(c->grant_frames)) != 0)
		return -1;
	return c->maptrack_frames != CONFIG_DEFAULT ?
	    json_object_object_add(build, "max_maptrack_frames",
	    json_object_new_uint64(c->maptrack_frames)) : 0;
}

char *
envelope_guess(const struct config *c, struct fault *f)
{
	const char *type = config_type_name(c->type);
	struct edit_config set = {
		.name = c->name, .uuid_set = true, .vcpus = c->vcpus,
		.memory_kib = c->static_max_kib > 0 ? c->static_max_kib :
		    c->max_pages * KIB_PER_PAGE,
	};
	struct edit_json json;
	char start[80], *text = NULL;

	if (c->type == CONFIG_HVM) {
		fault_set(f, EXIT_REFUSED, "GUEST_CONFIG does not say what "
		    "device model the guest has");
		fault_hint(f, "--config FILE gives xl a configuration");
		return NULL;
	}
	memcpy(set.uuid, c->uuid, UUID_SIZE);
	snprintf(start, sizeof(start),
	    "{\"c_info\":{\"type\":\"%s\"},\"b_info\":{\"type.%s\":{}}}",
	    type, type);
	if (edit_json_open(&json, start, strlen(start), f) == -1)
		return NULL;
	if (edit_json_xl(&json, &set, f) == 0 && (set_sizes(&json, c) != 0 ||
	    (text = copy_json(json.o)) == NULL))
		fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	edit_json_close(&json);
	return text;
}

static int
write_xl(const char *text, struct sink *out, struct fault *f)
{
	uint8_t header[XL_HEADER_SIZE + XL_LENGTH_SIZE] = { 0 };
	uint32_t flags = XL_FLAG_STREAM_V2, size;

	memcpy(header, XL_MAGIC, XL_MAGIC_SIZE);
	put_le32(header + XL_BYTEORDER_OFFSET, XL_BYTEORDER);
	put_le32(header + XL_FLAGS_OFFSET, flags);
	if (text == NULL)
		return sink_put(out, header, XL_HEADER_SIZE, f);
	size = (uint32_t)strlen(text) + 1;
	put_le32(header + XL_FLAGS_OFFSET, flags | XL_FLAG_JSON);
	put_le32(header + XL_DATA_LENGTH_OFFSET, XL_LENGTH_SIZE + size);
	put_le32(header + XL_HEADER_SIZE, size);
	return sink_put(out, header, sizeof(header), f) == -1 ? -1 :
	    sink_put(out, text, size, f);
}

int
envelope_write(enum envelope kind, const char *text, struct sink *out,
    struct fault *f)
{
	uint8_t header[VIRSH_HEADER_SIZE] = { 0 };
	uint32_t size;

	if (kind == ENVELOPE_NONE)
		return 0;
	if (kind == ENVELOPE_XL)
		return write_xl(text, out, f);
	size = (uint32_t)strlen(text) + 1;
	memcpy(header, VIRSH_MAGIC, VIRSH_MAGIC_SIZE);
	put_le32(header + VIRSH_VERSION_OFFSET, VIRSH_VERSION);
	put_le32(header + VIRSH_XML_LENGTH_OFFSET, size);
	return sink_put(out, header, sizeof(header), f) == -1 ? -1 :
	    sink_put(out, text, size, f);
}
