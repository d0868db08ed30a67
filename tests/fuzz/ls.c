/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What rec-ls reads (view.h): layers opened, each record decoded, linted,
 * surveyed and drawn.
 */
#include <string.h>

#include "fuzz.h"
#include "view.h"

#define WINDOW	4096u	/* pages */

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct view ways[] = {
		{ .mode = VIEW_LIST, .json = true, .verbose = true },
		{ .mode = VIEW_LIST, .verbose = true },
		{ .mode = VIEW_LIST },
		{ .mode = VIEW_LINT, .json = true },
		{ .mode = VIEW_LINT, .strict = true, .verbose = true },
		{ .mode = VIEW_SUMMARY, .json = true },
		{ .mode = VIEW_SUMMARY, .map = "/dev/null" },
		{ .mode = VIEW_RECORD, .wanted = 2 },
		{ .mode = VIEW_PAGE, .wanted = 1 },
	};
	static struct view v;
	struct fault f;

	fuzz_watch();
	v = ways[fuzz_choice(bytes, size, sizeof(ways) / sizeof(ways[0]))];
	v.out = fuzz_nowhere();
	v.threads = 1;
	v.memory = WINDOW;
	if (view_run(&v, fuzz_input(bytes, size), &f) == -1) {
		fuzz_failed(&f);
		about_free(&v.about);
	}
	fuzz_sweep();
	return 0;
}
