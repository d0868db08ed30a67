/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fail.c - preloaded to a filter behind serve.c: calls that fail, move less
 * than was asked for, or are interrupted, as the plan says.  They count in
 * memory alone, and do nothing else that the filter would not do.
 *
 * What stderr gets is left alone: it tells what happened.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "plan.h"

void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

#define PIECES_MAX	64

/*
 * Where libseccomp is: version 2.5.4 goes on for ever when it gets no memory,
 * and takes what it wrote in part for written.
 */
static struct {
	uintptr_t begin, end;
} spared;

static int
look_for_libseccomp(struct dl_phdr_info *info, size_t size, void *unused)
{
	uintptr_t end;
	size_t i;

	(void)size;
	(void)unused;
	if (strstr(info->dlpi_name, "/libseccomp.so") == NULL)
		return 0;
	spared.begin = info->dlpi_addr;
	for (i = 0; i < info->dlpi_phnum; i++) {
		end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr +
		    info->dlpi_phdr[i].p_memsz;
		if (info->dlpi_phdr[i].p_type == PT_LOAD && end > spared.end)
			spared.end = end;
	}
	return 1;
}

__attribute__((constructor)) static void
spare_libseccomp(void)
{
	dl_iterate_phdr(look_for_libseccomp, NULL);
}

/* Whether this call is one that fails; errno says how. */
static bool
fails_from(enum call call, const void *caller)
{
	const struct plan *p = &torture_plan;
	uint32_t n;

	if (torture_seen == NULL || ((uintptr_t)caller >= spared.begin &&
	    (uintptr_t)caller < spared.end))
		return false;
	n = ++torture_seen->calls[call];
	if (p->call != call || p->nth == 0 ||
	    (p->sticky ? n < p->nth : n != p->nth))
		return false;
	torture_seen->failed++;
	errno = p->error;
	return true;
}

#define fails(call)	fails_from(call, __builtin_return_address(0))

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

/* --- memory --- */

void *
malloc(size_t size)
{
	return fails(CALL_MEMORY) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : __libc_realloc(old, size);
}

void *
reallocarray(void *old, size_t count, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(count, size, &all)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(old, all);
}

void *
aligned_alloc(size_t alignment, size_t size)
{
	return fails(CALL_MEMORY) ? NULL : __libc_memalign(alignment, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
	void *got = aligned_alloc(alignment, size);

	if (got == NULL)
		return ENOMEM;
	*out = got;
	return 0;
}

void *
mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	if (fails(CALL_MEMORY))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, at, size, protection, flags, fd,
	    offset);
}

/* --- reads and writes --- */

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
	uintptr_t caller = (uintptr_t)__builtin_return_address(0);

	if (caller >= spared.begin && caller < spared.end)
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

/* --- files --- */

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

int
openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	unsigned mode;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, unsigned) : 0;
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
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, unsigned) : 0;
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

/* --- threads and processes --- */

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*run)(void *), void *arg)
{
	int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
	    void *);

	if (fails(CALL_START))
		return EAGAIN;
	*(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
	return create(thread, attr, run, arg);
}

pid_t
fork(void)
{
	pid_t (*real)(void);

	if (fails(CALL_START))
		return -1;
	*(void **)&real = dlsym(RTLD_NEXT, "fork");
	return real();
}
