/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "torture.h"

#define HANGS_MS	30000	/* without a sign of its end */
#define MADE		"out"	/* the directory for files */

static void
become_server(const struct row *row, int socket, int seen,
    const char *preload)
{
	/* Above those that are to be had, lest they get lost. */
	if (dup2(socket, SERVE_SOCKET) == -1 || dup2(seen, SERVE_SEEN) == -1)
		err(1, "cannot hand on descriptors");
	setenv("LD_PRELOAD", preload, 1);
	setenv("TMPDIR", MADE, 1);
	execvp(row->word[0], row->word);
	err(1, "%s", row->word[0]);
}

void
server_start(struct server *s, const struct row *row, const char *preload)
{
	int ends[2], seen = memfd_create("seen", MFD_CLOEXEC);

	if (seen == -1 || ftruncate(seen, sizeof(struct seen)) == -1 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		err(1, "cannot start a server");
	s->seen = mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE,
	    MAP_SHARED, seen, 0);
	if (s->seen == MAP_FAILED || (s->pid = fork()) == -1)
		err(1, "cannot start a server");
	if (s->pid == 0)
		become_server(row, ends[1], seen, preload);
	close(ends[1]);
	close(seen);
	s->socket = ends[0];
	s->program = strrchr(row->word[0], '/');
	s->program = s->program == NULL ? row->word[0] : s->program + 1;
}

void
server_end(struct server *s)
{
	close(s->socket);
	waitpid(s->pid, NULL, 0);
	munmap(s->seen, sizeof(struct seen));
}

int
memory_file(const void *bytes, size_t size)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) == -1)
		err(1, "no file in memory");
	return fd;
}

int
full_pipe(const void *bytes, size_t size)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1 ||
	    fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) == -1 ||
	    write(ends[1], bytes, size) != (ssize_t)size)
		err(1, "no pipe");
	close(ends[1]);
	return ends[0];
}

static void
ask(struct server *s, const struct request *r, const int *fd, size_t count)
{
	char room[CMSG_SPACE(3 * sizeof(int))] = { 0 };
	struct iovec iov = {
		.iov_base = (void *)(uintptr_t)r, .iov_len = sizeof(*r),
	};
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room,
		.msg_controllen = CMSG_SPACE(count * sizeof(int)),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(count * sizeof(int));
	memcpy(CMSG_DATA(c), fd, count * sizeof(int));
	if (sendmsg(s->socket, &m, MSG_NOSIGNAL) == -1)
		err(1, "%s: its server is gone", s->program);
}

pid_t
server_begin(struct server *s, const struct plan *plan, const int fd[3])
{
	struct request r = { .plan = *plan };
	int given[3] = { -1, -1, -1 };
	size_t i, n = 0;
	pid_t pid;

	for (i = 0; i < 3; i++) {
		r.open[i] = fd[i] != -1;
		if (fd[i] != -1)
			given[n++] = fd[i];
	}
	ask(s, &r, given, n);
	if (read(s->socket, &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
		errx(1, "%s: its server does not answer", s->program);
	return pid;
}

void
server_await(struct server *s, pid_t pid, struct outcome *o)
{
	struct pollfd p = { .fd = s->socket, .events = POLLIN };
	struct verdict v;
	bool hung = false;

	while (poll(&p, 1, HANGS_MS) == 0) {
		kill(-pid, SIGKILL);
		hung = true;
	}
	if (read(s->socket, &v, sizeof(v)) != (ssize_t)sizeof(v))
		errx(1, "%s: its server does not answer", s->program);
	o->status = hung ? HUNG : WIFEXITED(v.status) ?
	    WEXITSTATUS(v.status) : -WTERMSIG(v.status);
	o->kib = v.kib;
	o->left = v.left;
	o->failed = s->seen->failed;
}

/* All of a file, and a NUL behind it. */
static struct bytes
content(int fd)
{
	struct bytes b = { 0 };
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1 || !S_ISREG(st.st_mode))
		return b;
	b.size = (size_t)st.st_size;
	b.at = calloc(1, b.size + 1);
	if (b.at == NULL || pread(fd, b.at, b.size, 0) != (ssize_t)b.size)
		err(1, "cannot read what came out");
	return b;
}

static uint64_t
mix(uint64_t sum, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;
	size_t i;

	for (i = 0; i < size; i++)
		sum = (sum ^ at[i]) * UINT64_C(1099511628211);	/* FNV-1a */
	return sum;
}

/* Of a file that may be large, and mostly holes: a page of zeroes is as one
 * that is not there. */
static uint64_t
mix_file(uint64_t sum, int fd)
{
	static const uint8_t zeroes[4096];
	uint8_t page[sizeof(zeroes)];
	off_t at = 0;
	ssize_t n;

	while ((at = lseek(fd, at, SEEK_DATA)) != -1 &&
	    (n = pread(fd, page, sizeof(page), at)) > 0) {
		if (memcmp(page, zeroes, (size_t)n) != 0) {
			sum = mix(sum, &at, sizeof(at));
			sum = mix(sum, page, (size_t)n);
		}
		at += n;
	}
	at = lseek(fd, 0, SEEK_END);
	return mix(sum, &at, sizeof(at));
}

/* The digest of a file or a directory, which is removed. */
static uint64_t
take(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint64_t sum = mix(UINT64_C(14695981039346656037), name,
	    strlen(name));
	struct dirent *entry;
	DIR *list;

	if (fd != -1 && (list = fdopendir(fd)) != NULL) {
		/* Whatever the order in which they come. */
		while ((entry = readdir(list)) != NULL)
			if (strcmp(entry->d_name, ".") != 0 &&
			    strcmp(entry->d_name, "..") != 0)
				sum += take(fd, entry->d_name);
		closedir(list);
		unlinkat(dir, name, AT_REMOVEDIR);
		return sum;
	}
	sum = mix_file(sum, fd);
	close(fd);
	unlinkat(dir, name, 0);
	return sum;
}

static uint64_t
take_all(void)
{
	DIR *list = opendir(MADE);
	struct dirent *entry;
	uint64_t sum = 0;

	if (list == NULL)
		err(1, "%s", MADE);
	while ((entry = readdir(list)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			sum += take(dirfd(list), entry->d_name);
	closedir(list);
	return sum;
}

void
outcome_take(struct outcome *o, int out, int err)
{
	o->out = content(out);
	o->err = content(err);
	o->files = take_all();
}

void
outcome_free(struct outcome *o)
{
	free(o->out.at);
	free(o->err.at);
}
