/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail-transfer.c - reads, writes and waits.  What stderr gets is left alone:
 * it tells what happened.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fail.h"

#define PIECES_MAX	64

/* Whether this read or write is told to come again. */
static bool
again(enum call call, int fd)
{
	const struct plan *p = &torture_plan;

	/* Other files cannot be such that they do not wait. */
	if (p->every == 0 || torture_seen->calls[call] % p->every != 0 ||
	    (p->again == EAGAIN && fd > STDOUT_FILENO))
		return false;
	torture_seen->failed++;
	errno = p->again;
	return true;
}

/* How much of size is moved. */
static size_t
some(size_t size)
{
	const struct plan *p = &torture_plan;

	if (p->most == 0 || size <= p->most)
		return size;
	torture_seen->failed++;
	return p->most;
}

/* The same of pieces: as many are left of them, in short[]. */
static int
some_pieces(const struct iovec *iov, int count, struct iovec *less)
{
	size_t room = SIZE_MAX, size = 0;
	int i;

	for (i = 0; i < count; i++)
		size += iov[i].iov_len;
	room = some(size);
	for (i = 0; i < count && i < PIECES_MAX && room > 0; i++) {
		less[i] = iov[i];
		if (less[i].iov_len > room)
			less[i].iov_len = room;
		room -= less[i].iov_len;
	}
	return i;
}

ssize_t
read(int fd, void *to, size_t size)
{
	if (fails(CALL_READ) || again(CALL_READ, fd))
		return -1;
	return syscall(SYS_read, fd, to, some(size));
}

ssize_t
pread(int fd, void *to, size_t size, off_t offset)
{
	if (fails(CALL_READ) || again(CALL_READ, fd))
		return -1;
	return syscall(SYS_pread64, fd, to, some(size), offset);
}

ssize_t
readv(int fd, const struct iovec *iov, int count)
{
	struct iovec less[PIECES_MAX];

	if (fails(CALL_READ) || again(CALL_READ, fd))
		return -1;
	count = some_pieces(iov, count, less);
	return syscall(SYS_readv, fd, less, count);
}

ssize_t
write(int fd, const void *from, size_t size)
{
	if (is_spared(__builtin_return_address(0)))
		return syscall(SYS_write, fd, from, size);
	if (fd != STDERR_FILENO && (fails(CALL_WRITE) || again(CALL_WRITE, fd)))
		return -1;
	return syscall(SYS_write, fd, from, some(size));
}

ssize_t
pwrite(int fd, const void *from, size_t size, off_t offset)
{
	if (fails(CALL_WRITE) || again(CALL_WRITE, fd))
		return -1;
	return syscall(SYS_pwrite64, fd, from, some(size), offset);
}

ssize_t
writev(int fd, const struct iovec *iov, int count)
{
	struct iovec less[PIECES_MAX];

	if (fails(CALL_WRITE) || again(CALL_WRITE, fd))
		return -1;
	count = some_pieces(iov, count, less);
	return syscall(SYS_writev, fd, less, count);
}

ssize_t
tee(int in, int out, size_t size, unsigned flags)
{
	if (fails(CALL_TEE))
		return -1;
	return syscall(SYS_tee, in, out, some(size), flags);
}

int
poll(struct pollfd *p, nfds_t count, int ms)
{
	if (fails(CALL_WAIT))
		return -1;
	return (int)syscall(SYS_poll, p, count, ms);
}
