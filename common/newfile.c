/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newfile.h"

#define MODE	0600

static int
system_fault(const struct newfile *n, const char *what, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "%s %.200s: %s", what, n->path,
	    strerror(errno));
}

static int
refuse_existing(const struct newfile *n, struct fault *f)
{
	fault_set(f, EXIT_REFUSED, "%.200s is there already", n->path);
	return fault_hint(f, "--replace puts the new one in its place, when "
	    "that is whole");
}

/* Whether a file may get that name. */
static int
check_name(const struct newfile *n, struct fault *f)
{
	struct stat st;

	if (fstatat(n->dir, n->name[0] != '\0' ? n->name : ".", &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 : system_fault(n, "cannot make",
		    f);
	if (!S_ISREG(st.st_mode))
		return fault_set(f, EXIT_REFUSED, "%.200s is there, and is "
		    "no regular file", n->path);
	return n->replace ? 0 : refuse_existing(n, f);
}

/*
 * A file without a name, or, where there are none, with one, which is set
 * before it can be there.
 */
static int
open_temp(int dir, char temp[PLACE_TEMP_SIZE])
{
	int fd = openat(dir, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);

	temp[0] = '\0';
	if (fd != -1 || (errno != EOPNOTSUPP && errno != EISDIR &&
	    errno != EINVAL && errno != ENOENT))
		return fd;
	if (place_temp(temp) == -1)
		return -1;
	fd = openat(dir, temp, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, MODE);
	if (fd == -1)
		temp[0] = '\0';
	return fd;
}

int
newfile_open(struct newfile *n, const char *path, bool replace,
    struct fault *f)
{
	*n = (struct newfile){
		.fd = -1, .dir = -1, .path = path, .replace = replace,
	};
	signal(SIGXFSZ, SIG_IGN);
	if ((n->dir = place_open(path, n->name)) == -1)
		return system_fault(n, "cannot make", f);
	if (check_name(n, f) == -1) {
		newfile_close(n);
		return -1;
	}
	n->fd = open_temp(n->dir, n->temp);
	/* The mask may have taken bits away. */
	if (n->fd == -1 || fchmod(n->fd, MODE) == -1) {
		system_fault(n, "cannot make", f);
		newfile_close(n);
		return -1;
	}
	return 0;
}

/* A file without a name for good: its descriptor, or -1 with errno set. */
static int
open_nameless(int dir)
{
	char temp[PLACE_TEMP_SIZE];
	int fd = open_temp(dir, temp);

	if (temp[0] != '\0')
		unlinkat(dir, temp, 0);
	return fd;
}

int
newfile_spare(const struct newfile *n, struct fault *f)
{
	int fd = open_nameless(n->dir);

	return fd != -1 ? fd :
	    system_fault(n, "cannot make a file beside", f);
}

int
newfile_nameless(const char *path, struct fault *f)
{
	int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int fd = dir == -1 ? -1 : open_nameless(dir);

	if (fd == -1)
		fault_set(f, EXIT_SYSTEM, "cannot make a file in %.200s: %s",
		    path, strerror(errno));
	if (dir != -1)
		close(dir);
	signal(SIGXFSZ, SIG_IGN);
	return fd;
}

int
newfile_sync(const struct newfile *n, struct fault *f)
{
	while (fsync(n->fd) == -1)
		if (errno != EINTR)
			return system_fault(n, "cannot sync", f);
	return 0;
}

/* Gives a file without a name one.  Not everybody may do it the first way. */
static int
link_to(const struct newfile *n, const char *name)
{
	char self[40];

	if (linkat(n->fd, "", n->dir, name, AT_EMPTY_PATH) == 0)
		return 0;
	if (errno != ENOENT && errno != EPERM)
		return -1;
	snprintf(self, sizeof(self), "/proc/self/fd/%d", n->fd);
	return linkat(AT_FDCWD, self, n->dir, name, AT_SYMLINK_FOLLOW);
}

/* From the temporary name to its own, in the place of what has it. */
static int
replace_by(struct newfile *n)
{
	struct stat st;

	if (fstatat(n->dir, n->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    !S_ISREG(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if (renameat2(n->dir, n->temp, n->dir, n->name, RENAME_EXCHANGE)
	    == 0) {
		n->exchanged = true;
		return 0;
	}
	/* Nothing is there, or the file system does not know that. */
	if (errno != ENOENT && errno != EINVAL && errno != ENOSYS)
		return -1;
	n->lost = errno != ENOENT;
	return renameat(n->dir, n->temp, n->dir, n->name);
}

static int
rename_to(struct newfile *n)
{
	if (n->replace)
		return replace_by(n);
	if (renameat2(n->dir, n->temp, n->dir, n->name, RENAME_NOREPLACE)
	    == 0)
		return 0;
	/* Some file systems do not know that. */
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (linkat(n->dir, n->temp, n->dir, n->name, 0) == -1)
		return -1;
	newfile_drop(n);
	return 0;
}

static int
give_name(struct newfile *n)
{
	if (n->temp[0] == '\0' && !n->replace)
		return link_to(n, n->name);
	if (n->temp[0] == '\0') {
		if (place_temp(n->temp) == -1 || link_to(n, n->temp) == -1) {
			n->temp[0] = '\0';
			return -1;
		}
	}
	if (rename_to(n) == -1)
		return -1;
	if (!n->exchanged)
		n->temp[0] = '\0';
	return 0;
}

int
newfile_name(struct newfile *n, struct fault *f)
{
	if (give_name(n) == -1) {
		if (errno == EEXIST && !n->replace)
			return refuse_existing(n, f);
		return system_fault(n, "cannot make", f);
	}
	n->published = true;
	return 0;
}

int
newfile_name_sync(struct newfile *n, struct fault *f)
{
	while (fsync(n->dir) == -1)
		if (errno != EINTR)
			return system_fault(n, "cannot sync the directory of",
			    f);
	return 0;
}

bool
newfile_unname(struct newfile *n)
{
	if (n->exchanged) {
		if (renameat2(n->dir, n->temp, n->dir, n->name,
		    RENAME_EXCHANGE) == -1)
			return false;
		n->exchanged = false;
	} else if (n->lost || unlinkat(n->dir, n->name, 0) == -1) {
		return false;
	}
	n->published = false;
	return true;
}

int
newfile_publish(struct newfile *n, struct fault *f)
{
	struct fault ignored;

	if (newfile_name(n, f) == -1)
		return -1;
	if (newfile_name_sync(n, f) == -1) {
		newfile_unname(n);
		return -1;
	}
	if (n->temp[0] != '\0') {	/* what was replaced */
		newfile_drop(n);
		n->temp[0] = '\0';
		newfile_name_sync(n, &ignored);
	}
	return 0;
}

bool
newfile_revoke(const struct newfile *n)
{
	return !n->published && ftruncate(n->fd, 0) == 0;
}

void
newfile_drop(const struct newfile *n)
{
	if (n->temp[0] != '\0')
		unlinkat(n->dir, n->temp, 0);
}

void
newfile_close(struct newfile *n)
{
	newfile_drop(n);
	n->temp[0] = '\0';
	if (n->fd != -1)
		close(n->fd);
	if (n->dir != -1)
		close(n->dir);
	n->fd = n->dir = -1;
}
