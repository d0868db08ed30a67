/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * newfile.h - a file that is there when it is whole, or not at all.
 *
 * It has no name until it is published, so that nothing of it is left
 * whatever ends the process.  Where the file system has no files without a
 * name, it has a temporary one in the same directory, which SIGKILL leaves.
 */
#ifndef NEWFILE_H
#define NEWFILE_H

#include <limits.h>
#include <stdbool.h>

#include "fault.h"
#include "place.h"

struct newfile {
	int  fd;		/* to write to and to read from */
	int  dir;
	const char *path;	/* as it was given */
	char name[NAME_MAX + 1];	/* of that, in dir */
	char temp[PLACE_TEMP_SIZE];	/* the temporary one, or empty */
	bool replace;
	bool published;
	bool exchanged;		/* temp is the name of what it replaced, */
	bool lost;		/* or that is gone */
};

/*
 * newfile_open(n, path, replace, f): an empty file of mode 0600 that is to be
 * `path`, which lives as long as *n.  With replace, a regular file of that
 * name is kept until this one takes its place.  From now on a limit of size
 * shows as EFBIG and sends no signal.
 * 0, or -1 with EXIT_REFUSED (it is there already, or is no regular file) or
 * EXIT_SYSTEM.
 */
int newfile_open(struct newfile *n, const char *path, bool replace,
    struct fault *f);

/*
 * newfile_spare(n, f): another file in its directory, without a name for
 * good.  Its descriptor is the caller's; -1 with EXIT_SYSTEM.
 */
int newfile_spare(const struct newfile *n, struct fault *f);

/*
 * newfile_nameless(path, f): a file in the directory `path`, of mode 0600 or
 * less, without a name for good.  Its descriptor is the caller's.  A limit of
 * size shows as EFBIG from then on.  -1 with EXIT_SYSTEM.
 */
int newfile_nameless(const char *path, struct fault *f);

/* newfile_sync(n, f): what was written is on the disk.  0 or -1. */
int newfile_sync(const struct newfile *n, struct fault *f);

/*
 * newfile_publish(n, f): gives it its name, and has that on the disk; after
 * newfile_sync.  -1 as newfile_open; n->published when it has its name
 * nevertheless.
 */
int newfile_publish(struct newfile *n, struct fault *f);

/*
 * newfile_publish in two steps, for files that belong together:
 * newfile_name(n, f): gives it its name.  What it replaces is kept under another
 * one until newfile_close, where the file system can exchange names.
 * newfile_name_sync(n, f): has that, and all that was done to names in its
 * directory, on the disk.
 * newfile_unname(n): between the two: takes the name back, and what was
 * replaced has it again.  False when that could not be done.
 */
int newfile_name(struct newfile *n, struct fault *f);
int newfile_name_sync(struct newfile *n, struct fault *f);
bool newfile_unname(struct newfile *n);

/*
 * newfile_revoke(n): after newfile_publish failed: makes sure that nobody gets
 * what was written.  False when that is not sure.
 */
bool newfile_revoke(const struct newfile *n);

/*
 * newfile_drop(n): removes the temporary name, if it has one.  A signal
 * handler may call it.
 */
void newfile_drop(const struct newfile *n);

/* newfile_close(n): the end; what was not published is gone. */
void newfile_close(struct newfile *n);

#endif
