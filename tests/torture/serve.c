/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * serve.c - preloaded to a filter: instead of running once, its process forks
 * for each request, which comes with a plan and with what is to be stdin,
 * stdout and stderr.  So the program that is installed runs, from main on, in
 * a process of its own; what is saved is the time to load it.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "begin.h"

#define LEFT_MS	2000	/* for what a filter started to end by itself */

static int
receive(struct request *r, int fd[3])
{
	char room[CMSG_SPACE(3 * sizeof(int))];
	struct iovec iov = { .iov_base = r, .iov_len = sizeof(*r) };
	struct msghdr m = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = room, .msg_controllen = sizeof(room),
	};
	const struct cmsghdr *c;
	int got[3] = { -1, -1, -1 }, i, n = 0;

	if (recvmsg(SERVE_SOCKET, &m, 0) != (ssize_t)sizeof(*r))
		return -1;
	if ((c = CMSG_FIRSTHDR(&m)) != NULL)
		memcpy(got, CMSG_DATA(c), c->cmsg_len - CMSG_LEN(0));
	for (i = 0; i < 3; i++)
		fd[i] = r->open[i] ? got[n++] : -1;
	return 0;
}

static void
become_filter(const struct request *r, const int fd[3])
{
	int i;

	setsid();
	close(SERVE_SOCKET);
	close(SERVE_SEEN);
	for (i = 0; i < 3; i++) {
		close(i);
		if (fd[i] != -1)
			dup2(fd[i], i);
	}
	for (i = 0; i < 3; i++)
		if (fd[i] > 2)
			close(fd[i]);
	for (i = 0; i < CALLS; i++)
		torture_seen->calls[i] = 0;
	torture_seen->failed = 0;
	torture_plan = r->plan;
}

/* How many processes the filter left, which are no more afterwards. */
static uint32_t
sweep(pid_t filter_pid)
{
	const struct timespec tick = { .tv_nsec = 1000000 };
	uint32_t left = 0, ms;
	pid_t pid = 0;

	for (ms = 0; ms < LEFT_MS; ms++) {
		while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (pid == -1)
			return 0;
		nanosleep(&tick, NULL);
	}
	kill(-filter_pid, SIGKILL);
	while (waitpid(-1, NULL, 0) != -1)
		left++;
	return left;
}

static void
answer(pid_t pid)
{
	struct verdict v = { 0 };
	struct rusage usage;
	int status;

	(void)!write(SERVE_SOCKET, &pid, sizeof(pid));
	while (wait4(pid, &status, 0, &usage) == -1 && errno == EINTR)
		;
	v.status = status;
	v.kib = (uint32_t)usage.ru_maxrss;
	v.left = sweep(pid);
	(void)!write(SERVE_SOCKET, &v, sizeof(v));
}

int
torture_main(int argc, char *argv[], char *envp[])
{
	struct request r;
	int fd[3], i;
	pid_t pid;

	torture_share(SERVE_SEEN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	while (receive(&r, fd) == 0) {
		if ((pid = fork()) == 0) {
			become_filter(&r, fd);
			return torture_filter(argc, argv, envp);
		}
		for (i = 0; i < 3; i++)
			if (fd[i] != -1)
				close(fd[i]);
		answer(pid);
	}
	_exit(0);
}
