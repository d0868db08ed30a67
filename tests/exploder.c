/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exploder - explode.h and implode.h as programs, for the tests.
 *
 *     exploder DIR < stream ; exploder -j DIR > stream
 */
#include <string.h>
#include <unistd.h>

#include "explode.h"
#include "implode.h"
#include "opts.h"
#include "stop.h"

int
main(int argc, char *argv[])
{
	struct fault f;
	int result;

	if (argc < 2)
		opts_wrong("exploder", "a directory, or -j and a directory");
	stop_by_signals(NULL, "exploder");
	if (strcmp(argv[1], "-j") == 0)
		result = implode_run(argv[argc - 1], STDOUT_FILENO, &f);
	else
		result = explode_run(STDIN_FILENO, argv[1], &f);
	if (result == -1)
		fault_exit("exploder", &f);
	return EXIT_DONE;
}
