/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tiny guest's options, which are words on its command line:
 *
 *   deaf     does not answer the request to suspend
 *   slow=MS  answers it only when it has stood for so long, to the tick; a
 *            request that is withdrawn meanwhile is forgotten
 *   late=MS  stands still for so long between the answer and the suspend
 *   crash    crashes when it should suspend
 *   off      powers off when it should suspend
 *   evtchn   offers device/suspend/event-channel and suspends when it fires;
 *            deaf and slow are not for this way
 *   tree     a PV guest shows its p2m table as a tree, not as a list
 *   fill=N   has N KiB of pseudo-random data (default 256, at most 2048)
 *   dirty=N  writes to the first N pages of its 2 MiB each 20 ms, another
 *            value each time; dirty alone: to all 512
 */
#include "tiny.h"

enum {
	FILL_KIB = 256,
	FILL_KIB_MAX = 2048,
	PAGES_MAX = 512,
	MS_MAX = 600000,
};

struct options options;

const char *after(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return 0;
	return text;
}

/* Finds a word that starts with name; returns what follows, or NULL. */
static const char *find_option(const char *line, const char *name)
{
	while (*line) {
		const char *rest = after(line, name);

		if (rest)
			return rest;
		while (*line && *line++ != ' ')
			;
	}
	return 0;
}

/* The number that follows name, at most max; absent when there is no such
   word. */
static uint32_t find_number(const char *line, const char *name,
                            uint32_t absent, uint32_t max)
{
	const char *digit = find_option(line, name);
	uint32_t number = 0;

	if (!digit)
		return absent;
	while (*digit >= '0' && *digit <= '9' && number <= max)
		number = number * 10 + (*digit++ - '0');
	return number < max ? number : max;
}

void options_read(const char *line)
{
	options.deaf = !!find_option(line, "deaf");
	options.evtchn = !!find_option(line, "evtchn");
	options.crash = !!find_option(line, "crash");
	options.off = !!find_option(line, "off");
	options.tree = !!find_option(line, "tree");
	options.slow_ms = find_number(line, "slow=", 0, MS_MAX);
	options.late_ms = find_number(line, "late=", 0, MS_MAX);
	options.fill_kib = find_number(line, "fill=", FILL_KIB, FILL_KIB_MAX);
	options.dirty_pages = find_number(line, "dirty=",
		find_option(line, "dirty") ? PAGES_MAX : 0, PAGES_MAX);
}
