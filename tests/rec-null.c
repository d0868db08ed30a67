/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-null - a filter whose codec does nothing: the data path alone, for the
 * tests and for measuring it against cat.
 *
 *     rec-null [--pass-after-end] [--whole] [THREADS] < stream > the same stream
 *
 * --whole: no byte of a record goes on before all of it was read.  What holds
 * records back until they are verified cannot be faster.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "opts.h"

int
main(int argc, char *argv[])
{
	struct codec codec = { 0 };
	struct filter filter = {
		.in = STDIN_FILENO, .out = STDOUT_FILENO, .threads = 1,
		.codec = &codec,
	};
	struct fault f;
	int i;

	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--pass-after-end") == 0)
			filter.pass_after_end = true;
		else if (strcmp(argv[i], "--whole") == 0)
			codec.whole = true;
		else if ((filter.threads = opts_threads(argv[i])) == 0)
			opts_wrong("rec-null", "wrong number of threads");
	}
	if (filter_run(&filter, &f) == -1)
		fault_exit("rec-null", &f);
	return EXIT_DONE;
}
