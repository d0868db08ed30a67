/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * door.h - a unix socket in a directory that only its owner can enter.
 */
#ifndef DOOR_H
#define DOOR_H

#include <sys/un.h>

#include "fault.h"

struct door {
	int  fd;		/* that listens */
	int  dir;		/* the directory it is in */
	char name[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/*
 * door_open(d, path, f): makes the socket, in place of one that nobody listens
 * at any more.  0, or -1: EXIT_REFUSED for a directory that is another's, or
 * that others may enter, for a name that is taken, or longer than a socket's
 * can be; EXIT_SYSTEM.
 * door_remove(d): takes its name away; a signal handler may call it.
 */
int door_open(struct door *d, const char *path, struct fault *f);
void door_remove(const void *d);

/*
 * door_accept(d, f): who stands there first, a descriptor that does not wait
 * (nowait.h) and is the caller's; -1 when nobody does any more, with f->status
 * EXIT_DONE, or with EXIT_REFUSED when he was of another user, and was sent away.
 */
int door_accept(const struct door *d, struct fault *f);

/*
 * door_enter(path, ms, f): goes in by that socket, for which, and for whose
 * directory, it waits up to so many milliseconds.  A descriptor, or -1: EXIT_REFUSED as door_open, or when
 * another user listens there; EXIT_SYSTEM.
 */
int door_enter(const char *path, unsigned ms, struct fault *f);

#endif
