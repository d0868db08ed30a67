/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file is removed while its lock is held, so whoever gets a lock has to
 * look whether the file is still the one of that name.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lock.h"

#define PATIENCE_MS	20000u	/* xl takes up to 15 s to give a guest up */
#define STEP_MS		20u	/* flock cannot be waited for with a limit */

/* Whether the open file fd is the one at path. */
static bool
is_at(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void
set_path(struct lock *l, const uint8_t id[UUID_SIZE])
{
	char text[UUID_TEXT_SIZE];

	uuid_print(id, text);
	snprintf(l->path, sizeof(l->path), RUN_DIRECTORY "/%s.lock", text);
}

/* Locks the open file, by the patience that there is left. */
static bool
lock_file(int fd, unsigned *patience)
{
	const struct timespec step = { .tv_nsec = STEP_MS * 1000000L };

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (*patience == 0)
			return false;
		--*patience;
		nanosleep(&step, NULL);
	}
	return true;
}

int
lock_take(struct lock *l, const uint8_t id[UUID_SIZE], const char *what,
    struct fault *f)
{
	unsigned patience = l->patient ? PATIENCE_MS / STEP_MS : 0;

	set_path(l, id);
	if (mkdir(RUN_DIRECTORY, 0700) == -1 && errno != EEXIST)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", RUN_DIRECTORY,
		    strerror(errno));
	for (;;) {
		l->fd = open(l->path, O_RDWR | O_CREAT | O_CLOEXEC |
		    O_NOFOLLOW, 0600);
		if (l->fd == -1)
			return fault_set(f, EXIT_SYSTEM, "%s: %s", l->path,
			    strerror(errno));
		if (!lock_file(l->fd, &patience)) {
			close(l->fd);
			l->fd = -1;
			return fault_set(f, EXIT_REFUSED, "%s: another "
			    "process is at work on it", what);
		}
		if (is_at(l->fd, l->path))
			return 0;
		close(l->fd);
	}
}

void
lock_share(struct lock *l, const uint8_t id[UUID_SIZE], int fd)
{
	set_path(l, id);
	l->fd = fd;
}

void
lock_drop(struct lock *l)
{
	int fd;

	if (l->fd == -1)
		return;
	close(l->fd);
	l->fd = -1;
	/* It can be locked again only if nobody else has it. */
	if ((fd = open(l->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)) == -1)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_at(fd, l->path))
		unlink(l->path);
	close(fd);
}
