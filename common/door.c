/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "door.h"
#include "now.h"

#define AGAIN_MS	20	/* between two looks for the socket */

static int
refuse_name(const char *path, const char *why, struct fault *f)
{
	return fault_set(f, EXIT_REFUSED, "%.200s: %s", path, why);
}

/* The directory that the socket is in.  0, or an error number. */
static int
open_directory(struct door *d, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? strdup(".") :
	    strndup(path, slash == path ? 1 : (size_t)(slash - path));
	int err;

	*d = (struct door){ .fd = -1, .dir = -1 };
	if (dir == NULL)
		return ENOMEM;
	d->dir = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	err = d->dir == -1 ? errno : 0;
	free(dir);
	return err;
}

static int
no_directory(const char *path, int err, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "%.200s: its directory: %s", path,
	    strerror(err));
}

/* Whether it is one to use, and the socket's name there. */
static int
check_directory(struct door *d, const char *path, struct fault *f)
{
	const char *slash = strrchr(path, '/');
	const char *last = slash == NULL ? path : slash + 1;
	struct stat st;

	if (fstat(d->dir, &st) == -1)
		return no_directory(path, errno, f);
	if (st.st_uid != geteuid() || (st.st_mode & (S_IRWXG | S_IRWXO))) {
		refuse_name(path, "its directory is not yours alone", f);
		return fault_hint(f, "mkdir -m 700 makes one that is");
	}
	/* As a name behind /proc/self/fd/. */
	if (*last == '\0' || strlen(last) + sizeof("/proc/self/fd/1000000/") >
	    sizeof(d->name))
		return refuse_name(path, "no name for a socket", f);
	memcpy(d->name, last, strlen(last) + 1);
	return 0;
}

/* The directory that was looked at is the one that is used. */
static struct sockaddr_un
address(const struct door *d)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/%.80s",
	    d->dir, d->name);
	return a;
}

static int
new_socket(struct door *d)
{
	return d->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* 0, or an error number. */
static int
enter(struct door *d)
{
	struct sockaddr_un a = address(d);
	int err;

	if (new_socket(d) == -1)
		return errno;
	if (connect(d->fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return 0;
	err = errno;
	close(d->fd);
	d->fd = -1;
	return err;
}

/* Takes a name whose owner was killed. */
static void
remove_old(struct door *d)
{
	struct stat st;

	if (fstatat(d->dir, d->name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISSOCK(st.st_mode) && enter(d) == ECONNREFUSED)
		unlinkat(d->dir, d->name, 0);
	if (d->fd != -1)
		close(d->fd);
}

int
door_open(struct door *d, const char *path, struct fault *f)
{
	struct sockaddr_un a;
	int err = open_directory(d, path);

	if (err != 0)
		return no_directory(path, err, f);
	if (check_directory(d, path, f) == -1)
		return -1;
	remove_old(d);
	a = address(d);
	if (new_socket(d) == -1 || fchmod(d->fd, S_IRUSR | S_IWUSR) == -1)
		return fault_set(f, EXIT_SYSTEM, "no socket: %s",
		    strerror(errno));
	if (bind(d->fd, (struct sockaddr *)&a, sizeof(a)) == -1)
		return errno == EADDRINUSE ?
		    refuse_name(path, "it is there already", f) :
		    fault_set(f, EXIT_SYSTEM, "%.200s: %s", path,
		    strerror(errno));
	if (listen(d->fd, SOMAXCONN) == 0 &&
	    fcntl(d->fd, F_SETFL, O_NONBLOCK) == 0)
		return 0;
	fault_set(f, EXIT_SYSTEM, "%.200s: %s", path, strerror(errno));
	door_remove(d);
	return -1;
}

void
door_remove(const void *door)
{
	const struct door *d = door;

	unlinkat(d->dir, d->name, 0);
}

/* Whether the other side is this user, or root. */
static bool
is_mine(int fd)
{
	struct ucred other;
	socklen_t size = sizeof(other);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &other, &size) == 0 &&
	    (other.uid == geteuid() || other.uid == 0);
}

int
door_accept(const struct door *d, struct fault *f)
{
	int fd = accept4(d->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	f->status = EXIT_DONE;
	if (fd == -1 || is_mine(fd))
		return fd;
	close(fd);
	return fault_set(f, EXIT_REFUSED, "somebody who is another user came, "
	    "and was sent away");
}

/* A moment later; false when it is too late. */
static bool
again_before(uint64_t end)
{
	if (now_ms() >= end)
		return false;
	poll(NULL, 0, AGAIN_MS);
	return true;
}

int
door_enter(const char *path, unsigned ms, struct fault *f)
{
	uint64_t end = now_ms() + ms;
	struct door d;
	int err;

	do
		err = open_directory(&d, path);
	while (err == ENOENT && again_before(end));
	if (err != 0)
		return no_directory(path, err, f);
	if (check_directory(&d, path, f) == -1) {
		close(d.dir);
		return -1;
	}
	do
		err = enter(&d);
	while ((err == ENOENT || err == ECONNREFUSED) && again_before(end));
	close(d.dir);
	if (err != 0) {
		fault_set(f, EXIT_SYSTEM, "%.200s: %s", path, strerror(err));
		return fault_hint(f, "rec-split --collect makes it, and waits "
		    "there");
	}
	if (!is_mine(d.fd)) {
		close(d.fd);
		return refuse_name(path, "another user listens there", f);
	}
	return d.fd;
}
