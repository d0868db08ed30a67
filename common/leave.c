/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "leave.h"

/* The least of them that is at least `from`, or -1. */
static int
next(const int *but, size_t count, int from)
{
	int least = -1;
	size_t i;

	for (i = 0; i < count; i++)
		if (but[i] >= from && (least == -1 || but[i] < least))
			least = but[i];
	return least;
}

void
leave_all(const int *but, size_t count)
{
	int from = STDERR_FILENO + 1, kept;

	for (; (kept = next(but, count, from)) != -1; from = kept + 1)
		if (kept > from)
			close_range((unsigned)from, (unsigned)kept - 1, 0);
	close_range((unsigned)from, ~0U, 0);
}
