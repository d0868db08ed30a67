/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair.h - the two processes of an end of the pipe.
 *
 *     xc-emit     child: saver   == stream ==> parent: framer  ==> stdout
 *     xc-absorb   stdin ==> parent: opener  == stream ==> child: restorer
 *                                 <-- messages -->
 *
 * They are joined by a pipe of 1 MiB for the stream and a socket each way for
 * messages.  The other's death shows on all: end of file, EPIPE.
 * xc-absorb's opener is a child of the parent's (apart.h), which can write the
 * stream and say messages, and cannot hear what the restorer says.
 */
#ifndef PAIR_H
#define PAIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "fault.h"

enum message {
	MESSAGE_NONE,		/* the other end is gone, or said nothing */
	MESSAGE_NEWS,		/* saver: struct news, with the guest's lock */
	MESSAGE_CHECKPOINT,	/* saver: struct save_checkpoint: one was made;
				   opener: struct summary: one comes next */
	MESSAGE_SAVED,		/* saver: struct note: the image is whole */
	MESSAGE_DONE,		/* framer: END was written, stdout closed */
	MESSAGE_CONFIG,		/* opener: struct config: a guest comes;
				   restorer, to the parent: that it took it */
	MESSAGE_CREATING,	/* restorer: it makes the domain now */
	MESSAGE_SUMMARY,	/* opener: struct summary: END comes next */
	MESSAGE_STAYS,		/* opener: the guest stays where it is */
	MESSAGE_BROKEN,		/* opener: what comes behind the last checkpoint
				   is lost; the next message says why */
	MESSAGE_WHY,		/* opener: struct fault */
	MESSAGE_ABORT		/* the stream failed, which was reported */
};

struct pair {
	pid_t child;		/* 0 in the child */
	int   stream;		/* this process' end of the pipe, or -1 */
	int   to, from;		/* sockets: what it says, and what it hears */
	int   passed;		/* descriptor that came last, or -1 */
};

/*
 * pair_fork(p, child_writes, f): forks.  The stream goes from the child to
 * the parent when child_writes is set, else the other way.  Both ignore
 * SIGPIPE; the child also ignores SIGINT, SIGTERM, SIGHUP and SIGQUIT: it has
 * a guest to look after, and learns of the parent's end from the descriptors.
 * 0 in both processes, or -1 with EXIT_SYSTEM.
 */
int pair_fork(struct pair *p, bool child_writes, struct fault *f);

/* pair_leave(fd, f): the descriptor is another process', and /dev/null takes
 * its place here.  -1 with EXIT_SYSTEM. */
int pair_leave(int fd, struct fault *f);

/* pair_end(p): closes this process' end of the stream, if it is open. */
void pair_end(struct pair *p);

/*
 * pair_say(p, message, data, size): sends a message with size bytes of data,
 * a few KiB at most.  pair_pass(p, message, data, size, fd) sends a copy of
 * fd with it.  pair_shout(p, message) does not wait for room.  False when the
 * other process is gone, or there is no room.  A signal handler may call them.
 */
bool pair_say(struct pair *p, enum message message, const void *data,
    size_t size);
bool pair_pass(struct pair *p, enum message message, const void *data,
    size_t size, int fd);
bool pair_shout(struct pair *p, enum message message);

/*
 * pair_hear(p, data, size): waits for the next message, whose data has to be
 * size bytes, or none, which leaves zeros.  A descriptor that comes with
 * MESSAGE_NEWS is p->passed, and is the caller's; any other is closed.
 * MESSAGE_NONE when the other process is gone.
 */
enum message pair_hear(struct pair *p, void *data, size_t size);

/* pair_heard(p, message): whether this message is waiting to be heard. */
bool pair_heard(struct pair *p, enum message message);

/*
 * pair_wait(p): the parent waits for the child.  Its exit status, or -1 when
 * a signal killed it.
 */
int pair_wait(struct pair *p);

#endif
