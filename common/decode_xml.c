/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Element by element: `path` is where the parser is, and what a table has for
 * that path goes into the guest or, below "domain/devices/", into the device.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "decode_body.h"
#include "decode_xml.h"

#define XML_SIZE_MAX	((size_t)16 << 20)	/* bytes */
#define DEPTH_MAX	32u
#define PATH_SIZE	512u	/* of all names, with the NUL */
#define UNIT_SIZE	8u
#define DEVICES		"domain/devices/"
#define DEVICE_DEPTH	3u
#define COUNT_MAX	(UINT64_C(1) << 53)

/* Units of libvirt, in KiB as a power of two.  It writes KiB only. */
static const struct {
	const char *name;
	unsigned shift;
} units[] = {
	{ "", 0 }, { "KiB", 0 }, { "k", 0 }, { "MiB", 10 }, { "M", 10 },
	{ "GiB", 20 }, { "G", 20 }, { "TiB", 30 }, { "T", 30 },
};

struct xml {
	XML_Parser parser;
	struct item *guest;
	json_object *devices;
	uint64_t device_count;
	struct item device;	/* the current one */
	bool     in_device;	/* and it is listed */
	const char *why;	/* it was stopped; or NULL */
	unsigned depth;
	char     path[PATH_SIZE];	/* of names, with '/' between them */
	size_t   path_size;
	char     unit[UNIT_SIZE];	/* attribute of the innermost element */
	char     text[DECODE_TEXT_MAX];	/* in it, cut */
	size_t   text_size;
};

static void
stop(struct xml *x, const char *why)
{
	if (x->why == NULL)
		x->why = why;
	XML_StopParser(x->parser, XML_FALSE);
}

/* Whether the text is a whole number in this unit; *n is in KiB then. */
static bool
get_count(const char *text, size_t size, const char *unit, uint64_t *n)
{
	char digits[24];
	size_t k;

	if (size == 0 || size >= sizeof(digits))
		return false;
	memcpy(digits, text, size);
	digits[size] = '\0';
	if (digits[strspn(digits, "0123456789")] != '\0')
		return false;
	errno = 0;
	*n = strtoull(digits, NULL, 10);
	if (errno != 0)
		return false;
	for (k = 0; k < COUNT_OF(units); k++) {
		if (strcmp(units[k].name, unit) != 0)
			continue;
		if (*n > COUNT_MAX >> units[k].shift)
			return false;
		*n <<= units[k].shift;
		return true;
	}
	return false;
}

/* The first value that a key has stays. */
static void
add(struct xml *x, struct item *i, const struct place *place,
    const char *value, size_t size)
{
	const char *unit = place->kind == PLACE_KIB ? x->unit : "";
	uint64_t n;

	if (i->o == NULL ||
	    json_object_object_get_ex(i->o, place->key, NULL))
		return;
	if (place->attribute != NULL && place->attribute[0] == '\0')
		item_flag(i, place->key, true);
	else if (place->kind != PLACE_TEXT && get_count(value, size, unit, &n))
		item_count(i, place->key, n);
	else
		item_text(i, place->key, value, size);
}

/* Adds what the tables have of this attribute, or text, of this element. */
static void
take(struct xml *x, const char *attribute, const char *value, size_t size)
{
	const struct place *places = decode_guest_places;
	size_t k, count = decode_guest_place_count;
	struct item *i = x->guest;
	const char *path = x->path;

	if (x->in_device) {
		places = decode_device_places;
		count = decode_device_place_count;
		i = &x->device;
		path += strlen(DEVICES);
		path += strcspn(path, "/");
		path += *path == '/';
	}
	for (k = 0; k < count; k++) {
		if (strcmp(places[k].path, path) != 0)
			continue;
		if (attribute == NULL ? places[k].attribute == NULL :
		    places[k].attribute != NULL &&
		    strcmp(places[k].attribute, attribute) == 0)
			add(x, i, &places[k], value, size);
	}
}

static void
begin_device(struct xml *x)
{
	x->device_count++;
	x->in_device = item_room(x->devices);
	if (!x->in_device)
		return;
	x->device = item_entry(x->guest, x->devices, 0, 0);
	item_string(&x->device, "kind", x->path + strlen(DEVICES));
}

static void
on_start(void *data, const char *name, const char **attributes)
{
	size_t size = strlen(name);
	struct xml *x = data;

	if (x->depth == DEPTH_MAX ||
	    x->path_size + size + 2 > sizeof(x->path)) {
		stop(x, "the XML is nested too deep");
		return;
	}
	if (x->depth++ > 0)
		x->path[x->path_size++] = '/';
	memcpy(x->path + x->path_size, name, size + 1);
	x->path_size += size;
	x->text_size = 0;
	x->unit[0] = '\0';
	if (x->depth == DEVICE_DEPTH &&
	    strncmp(x->path, DEVICES, strlen(DEVICES)) == 0)
		begin_device(x);
	take(x, "", "", 0);
	for (; attributes[0] != NULL; attributes += 2) {
		size = strlen(attributes[1]);
		take(x, attributes[0], attributes[1], size);
		if (strcmp(attributes[0], "unit") == 0 && size < UNIT_SIZE)
			memcpy(x->unit, attributes[1], size + 1);
	}
}

static bool
is_blank(const char *text, size_t size)
{
	size_t k;

	for (k = 0; k < size; k++)
		if (memchr(" \t\r\n", text[k], 4) == NULL)
			return false;
	return true;
}

static void
on_end(void *data, const char *name)
{
	struct xml *x = data;

	/* An empty element that the parser was stopped at ends all the same. */
	if (x->why != NULL)
		return;
	if (!is_blank(x->text, x->text_size))
		take(x, NULL, x->text, x->text_size);
	x->text_size = 0;
	if (x->depth == DEVICE_DEPTH)
		x->in_device = false;
	x->path_size -= strlen(name);
	if (--x->depth > 0)
		x->path_size--;		/* the '/' */
	x->path[x->path_size] = '\0';
}

static void
on_text(void *data, const char *text, int size)
{
	struct xml *x = data;
	size_t n = sizeof(x->text) - x->text_size;

	if (n > (size_t)size)
		n = (size_t)size;
	memcpy(x->text + x->text_size, text, n);
	x->text_size += n;
}

/* Without a document type there are no entities that could grow. */
static void
on_doctype(void *data, const char *name, const char *system,
    const char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(data, "the XML has a document type");
}

static void
parse(struct xml *x, const char *text, size_t size)
{
	XML_Parser p = x->parser;
	enum XML_Error error;

	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetStartDoctypeDeclHandler(p, on_doctype);
	if (XML_Parse(p, text, (int)size, XML_TRUE) != XML_STATUS_ERROR)
		return;
	error = XML_GetErrorCode(p);
	if (error == XML_ERROR_NO_MEMORY)
		*x->guest->failed = true;
	else if (x->why != NULL)
		item_malformed(x->guest, "%s", x->why);
	else
		item_malformed(x->guest, "line %lu of the XML: %s",
		    (unsigned long)XML_GetCurrentLineNumber(p),
		    XML_ErrorString(error));
}

void
decode_xml(struct item *i, size_t offset, size_t size)
{
	struct xml x = { .guest = i };

	if (size > XML_SIZE_MAX) {
		item_malformed(i, "%zu bytes of XML, the limit is %zu", size,
		    XML_SIZE_MAX);
		return;
	}
	if ((x.parser = XML_ParserCreate(NULL)) == NULL) {
		*i->failed = true;
		return;
	}
	x.devices = item_list(i, "devices");
	parse(&x, (const char *)i->bytes + offset, size);
	XML_ParserFree(x.parser);
	item_more(i, x.devices, x.device_count);
}
