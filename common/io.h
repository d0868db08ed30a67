/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * io.h - bytes in and bytes out: the only reads and writes of the data path.
 *
 * Interrupted, short and non-blocking reads and writes are carried on with
 * until all is done.  One thread at a time per source or sink.
 */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "fault.h"

struct source {
	int      fd;
	int      peer;		/* a socket: reading fails when its other end
				   is closed; -1: none */
	uint8_t *ahead;		/* read, not yet asked for: [begin, end) */
	size_t   begin, end;
	uint64_t offset;	/* bytes handed out so far */
	bool     no_tee;	/* the system does not tee it */
};

struct sink {
	int      fd;		/* -1: all is thrown away */
	uint64_t offset;	/* bytes taken so far */
};

/*
 * io_read_file(fd, buf, size): what is there to its end, at most size bytes,
 * read on when it is interrupted or comes in pieces.  How many, or -1 with
 * errno set.
 */
ssize_t io_read_file(int fd, void *buf, size_t size);

/* io_write_file(fd, buf, size): all of it, in pieces where it has to be.  size,
 * or -1 with errno set. */
ssize_t io_write_file(int fd, const void *buf, size_t size);

/* io_look(fd, buf, size, offset): the same of a file's bytes from there on;
 * fd stays where it is. */
ssize_t io_look(int fd, void *buf, size_t size, off_t offset);

/*
 * source_open(s, fd, f): reads from fd, which stays the caller's, without a
 * peer.  A pipe is widened to 1 MiB where the system allows it.
 * 0, or -1 with EXIT_SYSTEM when memory ran out.
 */
int source_open(struct source *s, int fd, struct fault *f);

/* source_close(s): frees what source_open made; fd stays open. */
void source_close(struct source *s);

/*
 * source_read(s, buf, size, got, f): fills buf with size bytes.  *got is
 * size, or less where the input ended.
 * 0, or -1 with EXIT_SYSTEM and the byte in *f.
 */
int source_read(struct source *s, void *buf, size_t size, size_t *got,
    struct fault *f);

/*
 * source_some(s, buf, size, got, f): as source_read, but comes back with
 * what one read brings; *got is 0 only where the input ended.
 */
int source_some(struct source *s, void *buf, size_t size, size_t *got,
    struct fault *f);

/*
 * source_more(s, f): 1 when more bytes come, none of which is handed out by
 * this, or 0 where the input ended; -1 as source_read.
 */
int source_more(struct source *s, struct fault *f);

/*
 * source_tee(s, out, buf, size, got, f): as source_some, and writes the bytes
 * to out too: between pipes, without copying them.  -1 also as sink_write.
 */
int source_tee(struct source *s, struct sink *out, void *buf, size_t size,
    size_t *got, struct fault *f);

/*
 * io_read_at(fd, buf, size, offset, f): size bytes of a file, from there; -1
 * also with EXIT_MALFORMED where it ends before.  io_write_at: writes them.
 * Otherwise as source_read and sink_write.  Any thread.
 */
int io_read_at(int fd, void *buf, size_t size, uint64_t offset,
    struct fault *f);
int io_write_at(int fd, const void *buf, size_t size, uint64_t offset,
    struct fault *f);

/* sink_open(s, fd): writes to fd, or nowhere for -1.  Widens a pipe. */
void sink_open(struct sink *s, int fd);

/*
 * sink_write(s, iov, count, f): writes all of it; iov is used up.
 * 0, or -1 with EXIT_SYSTEM and the byte in *f.
 */
int sink_write(struct sink *s, struct iovec *iov, int count,
    struct fault *f);

/* sink_put(s, bytes, size, f): writes these, as sink_write. */
int sink_put(struct sink *s, const void *bytes, size_t size,
    struct fault *f);

/*
 * sink_close(s, f): closes the descriptor and reports what close reports: on
 * some file systems the only place where a full disk shows.
 */
int sink_close(struct sink *s, struct fault *f);

#endif
