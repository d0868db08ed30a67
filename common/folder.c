/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

#define MODE		0700
#define FILE_MODE	0600

static int
system_fault(const struct folder *d, const char *what, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "%s %.200s: %s", what, d->path,
	    strerror(errno));
}

static int
refuse_existing(const struct folder *d, struct fault *f)
{
	fault_set(f, EXIT_REFUSED, "%.200s is there already", d->path);
	return fault_hint(f, "give the name of a directory that is to be "
	    "made");
}

/* The directory that it is to be in, and that it is not there. */
static int
find_place(struct folder *d, struct fault *f)
{
	size_t size = strlen(d->path);
	char path[PATH_MAX];
	struct stat st;

	while (size > 1 && d->path[size - 1] == '/')
		size--;
	if (size >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return system_fault(d, "cannot make", f);
	}
	memcpy(path, d->path, size);
	path[size] = '\0';
	if ((d->parent = place_open(path, d->name)) == -1)
		return system_fault(d, "cannot make", f);
	if (fstatat(d->parent, d->name[0] != '\0' ? d->name : ".", &st,
	    AT_SYMLINK_NOFOLLOW) == 0)
		return refuse_existing(d, f);
	return errno == ENOENT ? 0 : system_fault(d, "cannot make", f);
}

int
folder_open(struct folder *d, const char *path, struct fault *f)
{
	*d = (struct folder){ .fd = -1, .parent = -1, .path = path };
	signal(SIGXFSZ, SIG_IGN);
	if (find_place(d, f) == -1) {
		folder_close(d);
		return -1;
	}
	/* The name is noted before it can be there: a signal may come. */
	if (place_temp(d->temp) == -1 ||
	    mkdirat(d->parent, d->temp, MODE) == -1 ||
	    (d->fd = openat(d->parent, d->temp, O_RDONLY | O_DIRECTORY |
	    O_NOFOLLOW | O_CLOEXEC)) == -1 ||
	    fchmod(d->fd, MODE) == -1) {
		system_fault(d, "cannot make", f);
		folder_close(d);
		return -1;
	}
	return 0;
}

int
folder_file(const struct folder *d, const char *name, struct sink *s,
    struct fault *f)
{
	int fd = openat(d->fd, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC,
	    FILE_MODE);

	/* The mask may have taken bits away. */
	if (fd == -1 || fchmod(fd, FILE_MODE) == -1) {
		fault_set(f, EXIT_SYSTEM, "cannot make %.100s in %.200s: %s",
		    name, d->path, strerror(errno));
		if (fd != -1)
			close(fd);
		return -1;
	}
	*s = (struct sink){ .fd = fd };
	return 0;
}

/* Some file systems do not know of RENAME_NOREPLACE. */
static int
rename_to(const struct folder *d, const char *from, const char *to)
{
	if (renameat2(d->parent, from, d->parent, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	/* No directory but an empty one is replaced, and nothing else. */
	return renameat(d->parent, from, d->parent, to);
}

int
folder_publish(struct folder *d, struct fault *f)
{
	/* One call for all files: there may be many, and small ones. */
	if (syncfs(d->fd) == -1)
		return system_fault(d, "cannot sync", f);
	if (rename_to(d, d->temp, d->name) == -1) {
		if (errno == EEXIST || errno == ENOTEMPTY || errno == ENOTDIR)
			return refuse_existing(d, f);
		return system_fault(d, "cannot make", f);
	}
	while (fsync(d->parent) == -1)
		if (errno != EINTR) {
			system_fault(d, "cannot sync the directory of", f);
			return rename_to(d, d->name, d->temp) == 0 ? -1 :
			    fault_hint(f, "it has its name already: remove "
			    "it");
		}
	d->temp[0] = '\0';
	return 0;
}

/* Once through the directory; whether anything was removed. */
static bool
remove_files(int fd)
{
	_Alignas(struct dirent64) char buf[4096];
	const struct dirent64 *entry;
	bool removed = false;
	ssize_t n, at;

	if (lseek(fd, 0, SEEK_SET) == -1)
		return false;
	while ((n = getdents64(fd, buf, sizeof(buf))) > 0)
		for (at = 0; at < n; at += entry->d_reclen) {
			entry = (const struct dirent64 *)(buf + at);
			if (unlinkat(fd, entry->d_name, 0) == 0)
				removed = true;
		}
	return removed;
}

void
folder_drop(const struct folder *d)
{
	struct stat st;

	/* It may have got its name, and this not yet be noted. */
	if (d->temp[0] == '\0' || fstatat(d->parent, d->temp, &st,
	    AT_SYMLINK_NOFOLLOW) == -1)
		return;
	while (d->fd != -1 && remove_files(d->fd))
		;
	unlinkat(d->parent, d->temp, AT_REMOVEDIR);
}

void
folder_close(struct folder *d)
{
	folder_drop(d);
	d->temp[0] = '\0';
	if (d->fd != -1)
		close(d->fd);
	if (d->parent != -1)
		close(d->parent);
	d->fd = d->parent = -1;
}
