/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stop.h - what ends an end of the pipe before its time: a signal, or that
 * nothing moves any more.
 *
 * The parent tells the child, lets go of the stream and waits until the
 * child has cleaned up; then it dies of the signal.  A second signal ends the
 * parent at once; the child cleans up nevertheless.  The child decides by
 * what is written down (note.h, guest_mark), never by how far the parent
 * seems to have come: the parent does not go on once it was stopped, unless
 * the child was killed and it is the parent's to clean up.
 */
#ifndef STOP_H
#define STOP_H

#include "lock.h"
#include "newfile.h"
#include "pair.h"

/*
 * stop_by_signals(p, tool): from now on SIGTERM, SIGINT and SIGHUP do this,
 * but for those that are ignored.  The pair stays where it is for as long as
 * the process lives; NULL where there is none.  Once for each process.
 */
void stop_by_signals(struct pair *p, const char *tool);

/*
 * stop_asks(fd): the first signal from now on only writes 8 bytes to fd, an
 * eventfd, and all goes on until who reads it ends it.
 */
void stop_asks(int fd);

/* stop_forked(): this process is a child of the parent's, and has none that it
 * would have to wait for. */
void stop_forked(void);

/* stop_does(last, ctx): a stop calls last(ctx), which may do what a signal
 * handler may; until NULL. */
void stop_does(void (*last)(const void *ctx), const void *ctx);

/* stop_drops(n): a stop removes the temporary name of *n, until NULL. */
void stop_drops(const struct newfile *n);

/* stop_kills(child): a stop kills this process, too, which writes into the
 * pair's stream; 0: none. */
void stop_kills(pid_t child);

/*
 * stop_holds(l, out): a stop removes the file of the lock *l, which the child
 * shares, when the child is done; and nothing more goes out through the
 * descriptor `out`, whatever it was in the middle of.
 */
void stop_holds(const struct lock *l, int out);

/*
 * stop_by_silence(seconds): when no byte was read or written (traffic.h) for so
 * long, that is said, and this process ends the same way with EXIT_SYSTEM;
 * with 0 not any more.  After stop_by_signals.
 */
void stop_by_silence(unsigned seconds);

#endif
