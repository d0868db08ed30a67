/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * progress.h - how far a tool has come, on stderr: a line that is written over
 * every second where that is a terminal, a line of JSON, or one on SIGUSR1; and
 * what it came to in the end.  The numbers are traffic.h's; xenrec.5 has the
 * JSON.
 *
 * Of several tools of one terminal one has the line: the first that gets its
 * lock.  It ends with \r, and what others say there begins where it does
 * (fault.h).
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>

enum progress {
	PROGRESS_SHOWN,		/* on a terminal */
	PROGRESS_NONE,
	PROGRESS_JSON
};

/*
 * progress_begin(tool, how, stats): from now on this process tells of itself
 * that way, and always on SIGUSR1; with stats also when it ends by exit(3) or
 * from main, having done what it was to do (EXIT_DONE), or as far as that went
 * (EXIT_INTEGRITY).
 * Once, before there are threads, sandbox or other processes.
 */
void progress_begin(const char *tool, enum progress how, bool stats);

/*
 * progress_asks(yes): whether somebody is asked something at the terminal, where
 * no line comes over the question then: none of other tools either, unless one
 * had the line already.
 */
void progress_asks(bool asks);

/* progress_detail(text): a JSON object, to be a part of the stats; taken over.
 * NULL: there was no memory for it. */
void progress_detail(char *text);

#endif
