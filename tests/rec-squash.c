/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-squash - squash.h as a filter, for the tests.
 *
 *     rec-squash [--regroup] [--spill BYTES] [-v] < stream > stream
 *
 * -v: says what was left out.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "opts.h"
#include "squash.h"
#include "stream.h"

static const char name[] = "rec-squash";

static int
write_piece(void *out, struct record *rec, struct fault *f)
{
	return stream_write(out, rec, f);
}

int
main(int argc, char *argv[])
{
	struct sink out;
	struct squash s = {
		.in = STDIN_FILENO, .spill_max = UINT64_MAX,
		.take = write_piece, .taker = &out,
	};
	struct fault f;
	bool verbose = false;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--regroup") == 0)
			s.regroup = true;
		else if (strcmp(argv[i], "-v") == 0)
			verbose = true;
		else if (strcmp(argv[i], "--spill") == 0 && i + 1 < argc)
			s.spill_max = strtoull(argv[++i], NULL, 10);
		else
			opts_wrong(name, "what is %s", argv[i]);
	}
	sink_open(&out, STDOUT_FILENO);
	if (squash_run(&s, &f) == -1 || sink_close(&out, &f) == -1)
		fault_exit(name, &f);
	if (verbose)
		fault_tell(name, "%" PRIu64 " entries with %" PRIu64
		    " pages, left out %" PRIu64 " with %" PRIu64 "; %" PRIu64
		    " bytes spilled", s.entries, s.pages, s.left_entries,
		    s.left_pages, s.spilled);
	return EXIT_DONE;
}
