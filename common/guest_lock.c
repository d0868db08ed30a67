/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One process at a time works on a guest: its lock file is named by uuid.
 * The file is removed while the lock is held, so whoever gets a lock has to
 * look whether the file is still the one of that name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest_xen.h"

#define DIRECTORY	"/run/xenrec"

/* Whether the open file fd is the one at path. */
static bool
is_at(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

int
guest_lock(struct guest *g, const uint8_t uuid[UUID_SIZE], struct fault *f)
{
	char text[UUID_TEXT_SIZE];
	int fd;

	uuid_print(uuid, text);
	snprintf(g->lock_path, sizeof(g->lock_path), DIRECTORY "/%s.lock",
	    text);
	if (mkdir(DIRECTORY, 0700) == -1 && errno != EEXIST)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", DIRECTORY,
		    strerror(errno));
	for (;;) {
		fd = open(g->lock_path, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (fd == -1)
			return fault_set(f, EXIT_SYSTEM, "%s: %s",
			    g->lock_path, strerror(errno));
		if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
			close(fd);
			return fault_set(f, EXIT_REFUSED, "domain %s: "
			    "another process is at work on this guest",
			    g->label);
		}
		if (is_at(fd, g->lock_path))
			break;
		close(fd);
	}
	g->lock = fd;
	return 0;
}

void
guest_unlock(struct guest *g)
{
	if (g->lock == -1)
		return;
	unlink(g->lock_path);
	close(g->lock);
	g->lock = -1;
}
