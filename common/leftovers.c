/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "leftovers.h"
#include "part_file.h"
#include "place.h"

#define ENDING	".rec"

/* Whether the name is base, a number above `last` and ".rec". */
static bool
is_behind(const char *name, const char *base, uint32_t last)
{
	size_t size = strlen(base), digits = 0;

	if (strncmp(name, base, size) != 0)
		return false;
	name += size;
	while (isdigit((unsigned char)name[digits]))
		digits++;
	return digits >= 3 && digits <= 6 &&
	    strcmp(name + digits, ENDING) == 0 &&
	    strtoul(name, NULL, 10) > last;
}

void
leftovers_remove(const char *prefix, uint32_t last,
    const uint8_t set[PART_SET_SIZE])
{
	char base[NAME_MAX + 1], *path;
	const struct dirent *entry;
	uint8_t its[PART_SET_SIZE];
	int at = place_open(prefix, base);
	DIR *dir = at == -1 ? NULL : fdopendir(at);

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (!is_behind(entry->d_name, base, last) ||
		    asprintf(&path, "%.*s%s",
		    (int)(strlen(prefix) - strlen(base)), prefix,
		    entry->d_name) == -1)
			continue;
		if (part_file_set(path, its) &&
		    memcmp(its, set, PART_SET_SIZE) == 0)
			unlink(path);
		free(path);
	}
	if (dir != NULL)
		closedir(dir);
	else if (at != -1)
		close(at);
}
