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

int
pair_fork(struct pair *p, bool child_writes, struct fault *f)
{
	int fd[2], sock[2], mine;

	if (pipe2(fd, O_CLOEXEC) == -1)
		return fault_set(f, EXIT_SYSTEM, "no pipe: %s",
		    strerror(errno));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sock)
	    == -1) {
		fault_set(f, EXIT_SYSTEM, "no socket: %s", strerror(errno));
		close_both(fd);
		return -1;
	}
	signal(SIGPIPE, SIG_IGN);
	if ((p->child = fork()) == -1) {
		fault_set(f, EXIT_SYSTEM, "no process: %s", strerror(errno));
		close_both(fd);
		close_both(sock);
		return -1;
	}
	if (p->child == 0) {
		signal(SIGINT, SIG_IGN);
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		signal(SIGQUIT, SIG_IGN);
	}
	mine = (p->child == 0) == child_writes;	/* the writing end? */
	p->stream = fd[mine];
	close(fd[!mine]);
	p->peer = sock[p->child == 0];
	p->passed = -1;
	close(sock[p->child != 0]);
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

bool
pair_pass(struct pair *p, enum message message, const void *data,
    size_t size, int fd)
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
	while ((n = sendmsg(p->peer, &msg, MSG_NOSIGNAL)) == -1 &&
	    errno == EINTR)
		;
	return n == (ssize_t)(sizeof(message) + size);
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
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header;
	ssize_t n;

	/* A peer that died with mail unread shows as a reset, once. */
	while ((n = recvmsg(p->peer, &msg, MSG_CMSG_CLOEXEC)) == -1 &&
	    (errno == EINTR || errno == ECONNRESET))
		;
	p->passed = -1;
	if (n > 0 && (header = CMSG_FIRSTHDR(&msg)) != NULL &&
	    header->cmsg_type == SCM_RIGHTS)
		memcpy(&p->passed, CMSG_DATA(header), sizeof(p->passed));
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

	while ((n = recv(p->peer, &waiting, sizeof(waiting),
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
