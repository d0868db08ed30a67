/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * break-out.c - linked to a tool with --wrap=readv,--wrap=pread, it does what
 * ATTEMPT names as soon as foreign bytes were read, and has not been looked at
 * by anybody: what whoever took over the tool would do.  For tests alone.
 *
 * Ends with 98 when it could, or 99 and why not, on stderr; if the sandbox has
 * not killed it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* The linker's --wrap calls them so, by names that C reserves. */
ssize_t real_readv(int fd, const struct iovec *iov, int count)
    __asm__("__real_readv");
ssize_t real_pread(int fd, void *buf, size_t size, off_t offset)
    __asm__("__real_pread");
ssize_t wrap_readv(int fd, const struct iovec *iov, int count)
    __asm__("__wrap_readv");
ssize_t wrap_pread(int fd, void *buf, size_t size, off_t offset)
    __asm__("__wrap_pread");

static int
open_file(void)
{
	return open("/etc/passwd", O_RDONLY | O_CLOEXEC);
}

static int
make_file(void)
{
	return open("/tmp/broken-out", O_WRONLY | O_CREAT | O_EXCL, 0600);
}

static int
make_connection(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(9),
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	return fd == -1 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof(to));
}

static int
make_process(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	return child;
}

static int
run_program(void)
{
	return execl("/bin/true", "true", (char *)NULL);
}

static pid_t parent;

/* While it can. */
__attribute__((constructor)) static void
find_parent(void)
{
	parent = getppid();
}

static int
signal_other(void)
{
	return kill(parent, 0);
}

/* By what comes on stdin somebody else is signalled. */
static int
own_other(void)
{
	return fcntl(STDIN_FILENO, F_SETOWN, parent);
}

/* A program that runs as its owner, whoever runs it. */
static int
make_setuid(void)
{
	return open("there/new-set", O_WRONLY | O_CREAT | O_EXCL, 04755);
}

static void
attempt(void)
{
	static const struct {
		const char *name;
		int (*make)(void);
	} all[] = {
		{ "file", open_file }, { "make", make_file },
		{ "socket", make_connection }, { "fork", make_process },
		{ "exec", run_program }, { "kill", signal_other },
		{ "owner", own_other }, { "setuid", make_setuid },
	};
	const char *name = getenv("ATTEMPT");
	size_t i;

	for (i = 0; name != NULL && i < sizeof(all) / sizeof(all[0]); i++) {
		if (strcmp(name, all[i].name) != 0)
			continue;
		if (all[i].make() != -1)
			_exit(98);
		fprintf(stderr, "%s: %s\n", name, strerror(errno));
		_exit(99);
	}
}

ssize_t
wrap_readv(int fd, const struct iovec *iov, int count)
{
	ssize_t n = real_readv(fd, iov, count);

	if (n > 0)
		attempt();
	return n;
}

ssize_t
wrap_pread(int fd, void *buf, size_t size, off_t offset)
{
	ssize_t n = real_pread(fd, buf, size, offset);

	if (n > 0)
		attempt();
	return n;
}
