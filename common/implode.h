/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * implode.h - a directory of files (exploded.h) as the stream that it is of.
 */
#ifndef IMPLODE_H
#define IMPLODE_H

#include "fault.h"

/*
 * implode_run(dir, out, f): writes the stream to the descriptor `out`, and
 * closes it.  Types come from the names of the files, lengths from their
 * sizes, and what PAGE_DATA says of itself from the lists.  Everything is
 * checked before the first byte is written, but for what the bodies say.
 * END is written last.  Memory: the names of EXPLODED_FILES_MAX files at
 * most, and what page_list_next takes.
 *
 * 0, or -1: EXIT_MALFORMED (something is missing, stands where it may not,
 * has not the size that it must have, or a list is wrong), EXIT_REFUSED (a
 * file of another name or kind, or too many; a list or a body over its limit)
 * or EXIT_SYSTEM (reading, writing, memory; a file that changed meanwhile).
 */
int implode_run(const char *dir, int out, struct fault *f);

#endif
