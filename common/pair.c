/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pair.h"

static void
close_both(const int fd[2])
{
	close(fd[0]);
	close(fd[1]);
}

/* A socket on which way[0] is for saying, and way[1] for hearing.  0, or -1
 * with errno set. */
static int
one_way(int way[2])
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, way) == -1)
		return -1;
	shutdown(way[0], SHUT_RD);
	return 0;
}

/* A pipe, and messages to the child and from it. */
struct ways {
	int stream[2], down[2], up[2];
};

static void
ways_close(const struct ways *w)
{
	close_both(w->stream);
	close_both(w->down);
	close_both(w->up);
}

static int
ways_open(struct ways *w, struct fault *f)
{
	memset(w, 0xff, sizeof(*w));	/* -1 */
	if (pipe2(w->stream, O_CLOEXEC) == 0 && one_way(w->down) == 0 &&
	    one_way(w->up) == 0)
		return 0;
	fault_set(f, EXIT_SYSTEM, "no pipe: %s", strerror(errno));
	ways_close(w);
	return -1;
}

/* The ends of this process; the others are closed. */
static void
take_ends(struct pair *p, const struct ways *w, bool writes)
{
	bool child = p->child == 0;

	p->stream = w->stream[writes];
	close(w->stream[!writes]);
	p->to = child ? w->up[0] : w->down[0];
	close(child ? w->up[1] : w->down[1]);
	p->from = child ? w->down[1] : w->up[1];
	close(child ? w->down[0] : w->up[0]);
	p->passed = -1;
}

int
pair_fork(struct pair *p, bool child_writes, struct fault *f)
{
	struct ways w;

	if (ways_open(&w, f) == -1)
		return -1;
	signal(SIGPIPE, SIG_IGN);
	if ((p->child = fork()) == -1) {
		fault_set(f, EXIT_SYSTEM, "no process: %s", strerror(errno));
		ways_close(&w);
		return -1;
	}
	if (p->child == 0) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
	}
	take_ends(p, &w, (p->child == 0) == child_writes);
	return 0;
}

int
pair_leave(int fd, struct fault *f)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null == -1 || dup2(null, fd) == -1)
		return fault_set(f, EXIT_SYSTEM, "no /dev/null");
	close(null);
	return 0;
}

void
pair_end(struct pair *p)
{
	if (p->stream != -1)
		close(p->stream);
	p->stream = -1;
}

/* As sendmsg, of which flags are. */
static bool
say(const struct pair *p, enum message message, const void *data,
    size_t size, int fd, int flags)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;	/* aligns it */
	} control = { .header = {
		.cmsg_len = CMSG_LEN(sizeof(int)),
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	} };
	struct iovec iov[2] = {
		{ .iov_base = &message, .iov_len = sizeof(message) },
		{ .iov_base = (void *)data, .iov_len = size },
	};
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };
	ssize_t n;

	if (fd != -1) {
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
	}
	while ((n = sendmsg(p->to, &msg, MSG_NOSIGNAL | flags)) == -1 &&
	    errno == EINTR)
		;
	return n == (ssize_t)(sizeof(message) + size);
}

bool
pair_pass(struct pair *p, enum message message, const void *data,
    size_t size, int fd)
{
	return say(p, message, data, size, fd, 0);
}

bool
pair_shout(struct pair *p, enum message message)
{
	return say(p, message, NULL, 0, -1, MSG_DONTWAIT);
}

bool
pair_say(struct pair *p, enum message message, const void *data,
    size_t size)
{
	return pair_pass(p, message, data, size, -1);
}

enum message
pair_hear(struct pair *p, void *data, size_t size)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr header;
	} control;
	enum message message = MESSAGE_NONE;
	struct iovec iov[2] = {
		{ .iov_base = &message, .iov_len = sizeof(message) },
		{ .iov_base = data, .iov_len = size },
	};
	struct msghdr msg = {
		.msg_iov = iov, .msg_iovlen = 2,
		/* Room for one descriptor; the kernel closes others. */
		.msg_control = &control,
		.msg_controllen = CMSG_LEN(sizeof(int)),
	};
	struct cmsghdr *header;
	ssize_t n;

	if (size > 0)
		memset(data, 0, size);
	/* A peer that died with mail unread shows as a reset, once. */
	while ((n = recvmsg(p->from, &msg, MSG_CMSG_CLOEXEC)) == -1 &&
	    (errno == EINTR || errno == ECONNRESET))
		;
	p->passed = -1;
	if (n > 0 && (header = CMSG_FIRSTHDR(&msg)) != NULL &&
	    header->cmsg_type == SCM_RIGHTS)
		memcpy(&p->passed, CMSG_DATA(header), sizeof(p->passed));
	if (p->passed != -1 && message != MESSAGE_NEWS) {
		close(p->passed);
		p->passed = -1;
	}
	if (n == (ssize_t)sizeof(message) ||
	    n == (ssize_t)(sizeof(message) + size))
		return message;
	return MESSAGE_NONE;
}

bool
pair_heard(struct pair *p, enum message message)
{
	enum message waiting = MESSAGE_NONE;
	ssize_t n;

	while ((n = recv(p->from, &waiting, sizeof(waiting),
	    MSG_PEEK | MSG_DONTWAIT)) == -1 &&
	    (errno == EINTR || errno == ECONNRESET))
		;
	return n == (ssize_t)sizeof(waiting) && waiting == message;
}

int
pair_wait(struct pair *p)
{
	int status;

	while (waitpid(p->child, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
