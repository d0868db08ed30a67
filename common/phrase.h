/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * phrase.h - passphrases: from a file or from the terminal, never from the
 * command line or the environment.
 */
#ifndef PHRASE_H
#define PHRASE_H

#include "fault.h"

#define PHRASE_SIZE	1024u	/* bytes, with the NUL */

/*
 * phrase_open(path, f): a descriptor of a file that holds a secret.  -1 with
 * EXIT_SYSTEM, or EXIT_REFUSED for a file that others may read.
 */
int phrase_open(const char *path, struct fault *f);

/*
 * phrase_get(file, what, phrase, f): the first line of the file, which others
 * must not be able to read, or for NULL what is typed on /dev/tty, without an
 * echo; `what` it is for.  0, or -1: EXIT_SYSTEM, without a terminal too;
 * EXIT_REFUSED for a file that others may read, and for a line that is too
 * long or has a NUL.  The caller wipes it.  Not for two threads at a time.
 */
int phrase_get(const char *file, const char *what, char phrase[PHRASE_SIZE],
    struct fault *f);

/*
 * phrase_read(fd, phrase, f): the first line of that descriptor.  Otherwise as
 * phrase_get.
 */
int phrase_read(int fd, char phrase[PHRASE_SIZE], struct fault *f);

/*
 * phrase_new(what, phrase, f): one to be remembered: typed twice.  -1 as
 * phrase_get, and EXIT_REFUSED when the two differ, or are empty.
 */
int phrase_new(const char *what, char phrase[PHRASE_SIZE], struct fault *f);

#endif
