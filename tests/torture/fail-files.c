/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail-files.c - descriptors and names.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"

int
fsync(int fd)
{
	return fails(CALL_SYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	return fails(CALL_SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int
syncfs(int fd)
{
	return fails(CALL_SYNC) ? -1 : (int)syscall(SYS_syncfs, fd);
}

/* Where it fails the descriptor is closed nevertheless: close(2). */
int
close(int fd)
{
	int result = (int)syscall(SYS_close, fd);

	return fails(CALL_CLOSE) ? -1 : result;
}

/* Whether there is a mode.  O_DIRECTORY is a part of O_TMPFILE. */
static bool
makes_file(int flags)
{
	return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	unsigned mode;

	va_start(ap, flags);
	mode = makes_file(flags) ? va_arg(ap, unsigned) : 0;
	va_end(ap);
	if (fails(CALL_OPEN))
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	va_list ap;
	unsigned mode;

	va_start(ap, flags);
	mode = makes_file(flags) ? va_arg(ap, unsigned) : 0;
	va_end(ap);
	return openat(AT_FDCWD, path, flags, mode);
}

int
memfd_create(const char *name, unsigned flags)
{
	return fails(CALL_OPEN) ? -1 :
	    (int)syscall(SYS_memfd_create, name, flags);
}

int
pipe2(int fd[2], int flags)
{
	return fails(CALL_OPEN) ? -1 : (int)syscall(SYS_pipe2, fd, flags);
}

int
socketpair(int domain, int type, int protocol, int fd[2])
{
	return fails(CALL_OPEN) ? -1 :
	    (int)syscall(SYS_socketpair, domain, type, protocol, fd);
}

int
dup(int fd)
{
	return fails(CALL_OPEN) ? -1 : (int)syscall(SYS_dup, fd);
}

int
dup2(int fd, int to)
{
	return fails(CALL_OPEN) ? -1 : (int)syscall(SYS_dup2, fd, to);
}

int
ftruncate(int fd, off_t size)
{
	return fails(CALL_SIZE) ? -1 : (int)syscall(SYS_ftruncate, fd, size);
}

int
fallocate(int fd, int mode, off_t offset, off_t size)
{
	return fails(CALL_SIZE) ? -1 :
	    (int)syscall(SYS_fallocate, fd, mode, offset, size);
}

int
fchmod(int fd, mode_t mode)
{
	return fails(CALL_NAME) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int
renameat2(int from_dir, const char *from, int to_dir, const char *to,
    unsigned flags)
{
	return fails(CALL_NAME) ? -1 : (int)syscall(SYS_renameat2, from_dir,
	    from, to_dir, to, flags);
}

int
renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return renameat2(from_dir, from, to_dir, to, 0);
}

int
rename(const char *from, const char *to)
{
	return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int
linkat(int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return fails(CALL_NAME) ? -1 : (int)syscall(SYS_linkat, from_dir,
	    from, to_dir, to, flags);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	return fails(CALL_NAME) ? -1 :
	    (int)syscall(SYS_mkdirat, dir, path, mode);
}

int
mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}
