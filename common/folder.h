/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * folder.h - a new directory of plain files that is there when it is whole,
 * or not at all.
 *
 * Until it is published it has a temporary name beside the one that it is to
 * have, which only SIGKILL and the machine's end leave behind.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include <limits.h>

#include "fault.h"
#include "io.h"
#include "place.h"

struct folder {
	int  fd;		/* of itself */
	int  parent;		/* of the directory that it is in */
	const char *path;	/* as it was given */
	char name[NAME_MAX + 1];	/* of that, in parent */
	char temp[PLACE_TEMP_SIZE];	/* its name by now, or empty */
};

/*
 * folder_open(d, path, f): an empty directory of mode 0700 that is to be
 * `path`, which lives as long as *d.  From now on a limit of size shows as
 * EFBIG and sends no signal.
 * 0, or -1 with EXIT_REFUSED (something is there already) or EXIT_SYSTEM.
 */
int folder_open(struct folder *d, const char *path, struct fault *f);

/*
 * folder_file(d, name, s, f): a new file of mode 0600 in it to write to, which
 * sink_close closes.  0, or -1 with EXIT_SYSTEM.
 */
int folder_file(const struct folder *d, const char *name, struct sink *s,
    struct fault *f);

/*
 * folder_publish(d, f): has what is in it on the disk, and then gives it its
 * name.  -1 as folder_open; then it has none.
 */
int folder_publish(struct folder *d, struct fault *f);

/*
 * folder_drop(d): removes it, if it has only a temporary name.  A signal
 * handler may call it.
 */
void folder_drop(const struct folder *d);

/* folder_close(d): the end; what was not published is gone. */
void folder_close(struct folder *d);

#endif
