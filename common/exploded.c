/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exploded.h"
#include "format.h"
#include "types.h"

#define LIBXL_PREFIX	"libxl-"
#define DIGITS_MAX	18u	/* so that every number fits */

static const char *const ends[] = {
	[EXPLODED_BODY] = ".rec",
	[EXPLODED_LIST] = ".json",
	[EXPLODED_PAGES] = ".raw",
	[EXPLODED_PADDING] = ".pad",
};
#define ENDS	(sizeof(ends) / sizeof(ends[0]))

void
exploded_put(const struct exploded *e, char name[EXPLODED_NAME_SIZE])
{
	char buf[TYPE_NAME_SIZE];
	const char *type = e->libxl ? type_libxl_name(e->type, buf) :
	    type_name(e->type, buf);
	const char *blank = strrchr(type, ' ');	/* "type 0x...": no name */

	snprintf(name, EXPLODED_NAME_SIZE, "%s%06" PRIu64 "-%s%s",
	    e->libxl ? LIBXL_PREFIX : "", e->number,
	    blank != NULL ? blank + 1 : type, ends[e->kind]);
}

/* Which end it is that the name has, if any. */
static bool
get_kind(const char *end, enum exploded_kind *kind)
{
	size_t i;

	for (i = 0; i < ENDS; i++)
		if (strcmp(end, ends[i]) == 0) {
			*kind = (enum exploded_kind)i;
			return true;
		}
	return false;
}

bool
exploded_get(const char *name, struct exploded *e)
{
	size_t prefix = strlen(LIBXL_PREFIX), digits, size;
	char word[EXPLODED_NAME_SIZE];
	const char *type, *end;

	e->libxl = strncmp(name, LIBXL_PREFIX, prefix) == 0;
	if (e->libxl)
		name += prefix;
	digits = strspn(name, "0123456789");
	if (digits < 1 || digits > DIGITS_MAX)
		return false;
	e->number = strtoull(name, NULL, 10);
	e->rest = name + digits;

	if ((type = strchr(e->rest, '-')) == NULL ||
	    (end = strrchr(++type, '.')) == NULL || !get_kind(end, &e->kind))
		return false;
	size = (size_t)(end - type);
	if (size >= sizeof(word))
		return false;
	memcpy(word, type, size);
	word[size] = '\0';
	if (!(e->libxl ? type_libxl_parse : type_parse)(word, &e->type))
		return false;
	return (e->kind != EXPLODED_LIST && e->kind != EXPLODED_PAGES) ||
	    (!e->libxl && e->type == REC_PAGE_DATA);
}

void
exploded_beside(const char *name, enum exploded_kind kind,
    char beside[EXPLODED_NAME_SIZE])
{
	int stem = (int)(strrchr(name, '.') - name);

	snprintf(beside, EXPLODED_NAME_SIZE, "%.*s%s", stem, name,
	    ends[kind]);
}
