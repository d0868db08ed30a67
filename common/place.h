/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * place.h - where something is to be made: the directory, the name in it,
 * and a temporary name beside that.
 */
#ifndef PLACE_H
#define PLACE_H

#include <limits.h>

#define PLACE_TEMP_SIZE	32u

/*
 * place_open(path, name): the directory that path lies in, and the name of
 * path in it, which is empty behind a slash.  The descriptor is the caller's;
 * -1 with errno.
 */
int place_open(const char *path, char name[NAME_MAX + 1]);

/* place_temp(temp): a name that nobody else chooses.  0, or -1 with errno. */
int place_temp(char temp[PLACE_TEMP_SIZE]);

#endif
