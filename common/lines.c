/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "lines.h"

char *
lines_next(char **text)
{
	char *line = *text, *end;

	if (line == NULL || *line == '\0')
		return NULL;
	end = strchr(line, '\n');
	*text = end == NULL ? NULL : end + 1;
	if (end != NULL)
		*end = '\0';
	end = line + strlen(line);
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}
