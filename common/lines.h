/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lines.h - the lines of a small text in memory. */
#ifndef LINES_H
#define LINES_H

/*
 * lines_next(text): the next line, ended with a NUL in place of its newline
 * or CR LF, and *text moved behind it; NULL behind the last.
 */
char *lines_next(char **text);

#endif
