/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-count - counts the pages of a stream by their types, on stderr, and
 * hands it on.
 *
 *     xc-emit -c 7 | rec-count | rec-compress > 7.rec
 *
 * An example of a filter.  Put yours beside it: `make build/tests/NAME'
 * builds it with all of common/.  What filter_run asks of it, and does for it
 * (common/filter.h has the whole contract):
 *
 *   - The stream comes in pieces; most are whole records (common/record.h).
 *     A piece that is no PART_RECORD, or of a type that you do not know, you
 *     leave as it is.
 *   - first, join and write get the pieces in their order, one at a time, and
 *     may share state; work and finish run in threads, and have to use what
 *     worker[] gives each thread.  The same bytes come out in any case.
 *   - You change rec->body and rec->length, through record_reserve; or set
 *     rec->part to PART_NONE, and the record is gone.
 *   - What is wrong you return: record_fault(f, EXIT_..., rec, "what it is").
 *     The first fault in the stream's order is told, and no END is written.
 *   - A foreign length or number is checked before it is used.  pages_open
 *     and its like do that.
 *   - Before the first foreign byte: sandbox_enter, and no file any more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "filter.h"
#include "opts.h"
#include "pages.h"
#include "sandbox.h"

static uint64_t count[PAGE_TYPES];

static int
count_pages(void *state, struct record *rec, struct fault *f)
{
	uint64_t *counts = state;
	struct pages pages;
	struct page page;

	if (rec->part != PART_RECORD || rec->type != REC_PAGE_DATA)
		return 0;
	if (pages_open(&pages, rec, f) == -1)
		return -1;
	while (pages_next(&pages, &page))
		counts[page.type]++;
	return 0;
}

int
main(void)
{
	struct codec codec = {
		.whole = true, .first = count_pages, .state = count,
	};
	struct filter filter = {
		.in = STDIN_FILENO, .out = STDOUT_FILENO, .threads = 1,
		.codec = &codec,
	};
	struct fault f;
	unsigned i;

	opts_descriptors();
	opts_no_terminal("rec-count", STDOUT_FILENO);
	if (sandbox_enter(NULL, &f) == -1 || filter_run(&filter, &f) == -1)
		fault_exit("rec-count", &f);
	for (i = 0; i < PAGE_TYPES; i++)
		if (count[i] > 0)
			fprintf(stderr, "%s %" PRIu64 "\n",
			    page_type_name((enum page_type)i), count[i]);
	return EXIT_DONE;
}
