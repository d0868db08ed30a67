/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "traffic.h"

/*
 * Enough for the headers and small records between two batches of pages.
 * More would be copied twice: what is read ahead goes through this buffer.
 */
#define AHEAD_SIZE	((size_t)32 << 10)
#define PIPE_SIZE	(1 << 20)

/* A pipe of 1 MiB carries twice what one of 64 KiB does. */
static void
widen(int fd)
{
	int size = fcntl(fd, F_GETPIPE_SZ);

	if (size != -1 && size < PIPE_SIZE)
		(void)fcntl(fd, F_SETPIPE_SZ, PIPE_SIZE);
}

/* Whether a failed call is to be made again; waits where that is needed. */
static int
again(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	if (errno == EINTR)
		return 1;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return 0;
	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

ssize_t
io_read_file(int fd, void *buf, size_t size)
{
	size_t got = 0;
	ssize_t n = 1;

	while (n != 0 && got < size) {
		n = read(fd, (uint8_t *)buf + got, size - got);
		if (n == -1 && !again(fd, POLLIN))
			return -1;
		got += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)got;
}

ssize_t
io_look(int fd, void *buf, size_t size, off_t offset)
{
	size_t got = 0;
	ssize_t n = 1;

	while (n != 0 && got < size) {
		n = pread(fd, (uint8_t *)buf + got, size - got,
		    offset + (off_t)got);
		if (n == -1 && !again(fd, POLLIN))
			return -1;
		got += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)got;
}

ssize_t
io_write_file(int fd, const void *buf, size_t size)
{
	size_t put = 0;
	ssize_t n;

	while (put < size) {
		n = write(fd, (const uint8_t *)buf + put, size - put);
		if (n == -1 && !again(fd, POLLOUT))
			return -1;
		put += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)put;
}

int
source_open(struct source *s, int fd, struct fault *f)
{
	*s = (struct source){ .fd = fd, .peer = -1 };
	if ((s->ahead = aligned_alloc(4096, AHEAD_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory to read into");
	widen(fd);
	return 0;
}

void
source_close(struct source *s)
{
	free(s->ahead);
	s->ahead = NULL;
}

/* Hands out what was read ahead, at most size bytes; returns how many. */
static size_t
take_ahead(struct source *s, void *buf, size_t size)
{
	size_t n = s->end - s->begin;

	if (n > size)
		n = size;
	if (n == 0)
		return 0;
	memcpy(buf, s->ahead + s->begin, n);
	s->begin += n;
	s->offset += n;
	return n;
}

/* Waits for bytes or for the peer's end, whichever comes first. */
static bool
peer_gone(const struct source *s)
{
	struct pollfd p[2] = {
		{ .fd = s->fd, .events = POLLIN }, { .fd = s->peer },
	};

	while (poll(p, 2, -1) == -1 && errno == EINTR)
		;
	return p[1].revents != 0;
}

/* One read, of size bytes to buf, and of few what else comes ahead.  Bytes, or
 * -1. */
static ssize_t
read_some(struct source *s, void *buf, size_t size, struct fault *f)
{
	struct iovec iov[2] = {
		{ .iov_base = buf, .iov_len = size },
		{ .iov_base = s->ahead, .iov_len = AHEAD_SIZE },
	};
	/* What is read ahead is copied: of much it is not worth it. */
	int count = size < 2 * AHEAD_SIZE ? 2 : 1;
	ssize_t n;

	if (s->peer != -1 && peer_gone(s))
		return fault_set(f, EXIT_SYSTEM, "read at byte %" PRIu64
		    ": nobody takes it any more", s->offset);
	while ((n = readv(s->fd, iov, count)) == -1)
		if (!again(s->fd, POLLIN))
			return fault_set(f, EXIT_SYSTEM, "read at byte %"
			    PRIu64 ": %s", s->offset, strerror(errno));
	traffic_now()->in += (uint64_t)n;
	s->begin = 0;
	s->end = (size_t)n > size ? (size_t)n - size : 0;
	return n;
}

int
source_some(struct source *s, void *buf, size_t size, size_t *got,
    struct fault *f)
{
	ssize_t n;

	if ((*got = take_ahead(s, buf, size)) > 0 || size == 0)
		return 0;
	if ((n = read_some(s, buf, size, f)) == -1)
		return -1;
	*got = (size_t)n < size ? (size_t)n : size;
	s->offset += *got;
	return 0;
}

int
source_more(struct source *s, struct fault *f)
{
	if (s->begin == s->end && read_some(s, NULL, 0, f) == -1)
		return -1;
	return s->begin < s->end;
}

int
source_read(struct source *s, void *buf, size_t size, size_t *got,
    struct fault *f)
{
	size_t n;

	for (*got = 0; *got < size; *got += n) {
		if (source_some(s, (uint8_t *)buf + *got, size - *got, &n,
		    f) == -1)
			return -1;
		if (n == 0)
			break;
	}
	return 0;
}

/*
 * What is in one pipe into the other as well.  Bytes, or 0 where the plain way
 * has to be gone: it knows of ends, waits and faults.
 */
static size_t
tee_some(struct source *s, struct sink *out, size_t size)
{
	ssize_t n;

	if (s->no_tee || s->begin < s->end || s->peer != -1 || out->fd == -1)
		return 0;
	n = tee(s->fd, out->fd, size, 0);
	if (n == -1 && errno == EINVAL)
		s->no_tee = true;
	if (n <= 0)
		return 0;
	out->offset += (uint64_t)n;
	traffic_now()->out += (uint64_t)n;
	return (size_t)n;
}

int
source_tee(struct source *s, struct sink *out, void *buf, size_t size,
    size_t *got, struct fault *f)
{
	size_t teed = tee_some(s, out, size);

	if (teed > 0) {
		if (source_read(s, buf, teed, got, f) == -1)
			return -1;
		return *got == teed ? 0 : fault_set(f, EXIT_SYSTEM, "read at "
		    "byte %" PRIu64 ": somebody else reads from this pipe",
		    s->offset);
	}
	if (source_some(s, buf, size, got, f) == -1)
		return -1;
	return sink_put(out, buf, *got, f);
}

void
sink_open(struct sink *s, int fd)
{
	*s = (struct sink){ .fd = fd };
	if (fd != -1)
		widen(fd);
}

/* Drops the first n bytes of iov[0..count); returns how many iov are done. */
static int
advance(struct iovec *iov, int count, size_t n)
{
	int i;

	for (i = 0; i < count && n >= iov[i].iov_len; i++)
		n -= iov[i].iov_len;
	if (i < count) {
		iov[i].iov_base = (uint8_t *)iov[i].iov_base + n;
		iov[i].iov_len -= n;
	}
	return i;
}

int
sink_write(struct sink *s, struct iovec *iov, int count, struct fault *f)
{
	ssize_t n;
	int i, done;

	if (s->fd == -1) {
		for (i = 0; i < count; i++)
			s->offset += iov[i].iov_len;
		return 0;
	}
	for (i = advance(iov, count, 0); i < count; i += done) {
		n = writev(s->fd, iov + i, count - i);
		if (n == -1 && !again(s->fd, POLLOUT))
			return fault_set(f, EXIT_SYSTEM, "write at byte %"
			    PRIu64 ": %s", s->offset, strerror(errno));
		if (n == -1)
			n = 0;
		traffic_now()->out += (uint64_t)n;
		s->offset += (uint64_t)n;
		done = advance(iov + i, count - i, (size_t)n);
	}
	return 0;
}

int
sink_put(struct sink *s, const void *bytes, size_t size, struct fault *f)
{
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)bytes, .iov_len = size,
	};

	return sink_write(s, &iov, 1, f);
}

int
sink_close(struct sink *s, struct fault *f)
{
	int fd = s->fd;

	s->fd = -1;
	if (fd != -1 && close(fd) == -1 && errno != EINTR)
		return fault_set(f, EXIT_SYSTEM, "close after byte %" PRIu64
		    ": %s", s->offset, strerror(errno));
	return 0;
}

int
io_read_at(int fd, void *buf, size_t size, uint64_t offset, struct fault *f)
{
	uint8_t *to = buf;
	ssize_t n;

	for (; size > 0; to += n, size -= (size_t)n, offset += (uint64_t)n) {
		n = pread(fd, to, size, (off_t)offset);
		if (n == -1 && !again(fd, POLLIN))
			return fault_set(f, EXIT_SYSTEM, "read at byte %"
			    PRIu64 ": %s", offset, strerror(errno));
		if (n == 0)
			return fault_set(f, EXIT_MALFORMED, "cut short at "
			    "byte %" PRIu64, offset);
		if (n == -1)
			n = 0;
		traffic_now()->in += (uint64_t)n;
	}
	return 0;
}

int
io_write_at(int fd, const void *buf, size_t size, uint64_t offset,
    struct fault *f)
{
	const uint8_t *from = buf;
	ssize_t n;

	for (; size > 0; from += n, size -= (size_t)n, offset += (uint64_t)n) {
		n = pwrite(fd, from, size, (off_t)offset);
		if (n == -1 && !again(fd, POLLOUT))
			return fault_set(f, EXIT_SYSTEM, "write at byte %"
			    PRIu64 ": %s", offset, strerror(errno));
		if (n == -1)
			n = 0;
		traffic_now()->out += (uint64_t)n;
	}
	return 0;
}
