/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow.c - reads and writes that move little, are interrupted, or not ready;
 * a filter that is stopped and goes on; descriptors that are not there, or
 * take nothing.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "torture.h"

static const struct rule same = { .statuses = STATUS(0), .same = true };

/* The same comes out whatever is moved at a time, and is to be tried again. */
void
short_calls(struct trial *t)
{
	static const uint32_t most[] = { 1, 2, 3, 7, 13, 64, 999, 5000 };
	struct plan plan = { .again = EINTR };
	size_t i;

	for (i = 0; i < sizeof(most) / sizeof(*most); i++) {
		plan.most = most[i];
		try(t, &plan, t->input.at, t->input.size, &same,
		    "%s, %u bytes at a time", t->name, most[i]);
	}
	for (plan.every = 2; plan.every < 7; plan.every++)
		for (i = 0; i < 4; i++) {
			plan.again = i % 2 == 0 ? EINTR : EAGAIN;
			plan.most = i < 2 ? 0 : 100;
			try(t, &plan, t->input.at, t->input.size, &same,
			    "%s, each call number %u: %s", t->name,
			    plan.every, strerror(plan.again));
		}
}

/* A filter between two sockets that do not block and have little room. */
struct line {
	int    feed, drain;
	size_t sent;
	struct bytes got;
};

static void
small_pair(int end[2])
{
	int i, room = 1;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
	    end) == -1)
		err(1, "no socket");
	for (i = 0; i < 2; i++)
		setsockopt(end[i], SOL_SOCKET, SO_SNDBUF, &room,
		    sizeof(room));
}

/* Moves what can be moved, of at most this size. */
static bool
move(struct trial *t, struct line *l, size_t most)
{
	struct pollfd p[2] = {
		{ .fd = l->drain, .events = POLLIN },
		{ .fd = l->feed, .events = POLLOUT },
	};
	size_t left = t->input.size - l->sent;
	ssize_t n;

	if (poll(p, 2, 20000) <= 0)
		return false;
	if (l->feed != -1 && p[1].revents != 0) {
		n = send(l->feed, t->input.at + l->sent,
		    left < most ? left : most, MSG_NOSIGNAL);
		l->sent += n > 0 ? (size_t)n : 0;
		if (l->sent == t->input.size || (n == -1 && errno != EAGAIN)) {
			close(l->feed);
			l->feed = -1;
		}
	}
	if (p[0].revents == 0)
		return true;
	if ((l->got.at = realloc(l->got.at, l->got.size + most)) == NULL)
		err(1, "no memory");
	n = recv(l->drain, l->got.at + l->got.size, most, 0);
	l->got.size += n > 0 ? (size_t)n : 0;
	return n > 0 || (n == -1 && errno == EAGAIN);
}

/* One run over such a line, stopped at times or not. */
static void
over_line(struct trial *t, size_t most, uint32_t stops_in)
{
	static const struct plan none;
	struct line l = { 0 };
	struct outcome o = { 0 };
	char what[100];
	int in[2], out[2], fd[3];
	pid_t pid;

	if (skips(t))
		return;
	small_pair(in);
	small_pair(out);
	fd[0] = in[0];
	fd[1] = out[0];
	fd[2] = memory_file(NULL, 0);
	l.feed = in[1];
	l.drain = out[1];
	pid = server_begin(t->server, &none, fd);
	close(in[0]);
	close(out[0]);
	while (move(t, &l, most == 0 ? 1 + random_below(t, 2000) : most))
		if (stops_in > 0 && random_below(t, stops_in) == 0) {
			kill(pid, SIGSTOP);
			kill(pid, SIGCONT);
		}
	if (l.feed != -1)
		close(l.feed);
	close(l.drain);
	server_await(t->server, pid, &o);
	outcome_take(&o, -1, fd[2]);
	o.out = l.got;
	close(fd[2]);
	snprintf(what, sizeof(what), "%.50s, %zu bytes in a line", t->name,
	    most);
	judge(t, &o, &same, what);
}

/* The line is not to be waited for: bytes come and go one by one, or in
 * pieces of random size. */
void
drip(struct trial *t)
{
	size_t n, count = t->step == 1 ? 40 : 4;

	if (!t->row->pipe)
		return;
	if (t->input.size < 6000)
		over_line(t, 1, 0);
	for (n = 0; n < count; n++)
		over_line(t, 0, 0);
}

void
stops(struct trial *t)
{
	size_t n, count = t->step == 1 ? 50 : 5;

	for (n = 0; n < count && t->row->pipe; n++)
		over_line(t, 0, 5);
}

static void
with(struct trial *t, int in, int out, int err_fd, const struct rule *rule,
    const char *what)
{
	static const struct plan none;
	const int fd[3] = { in, out, err_fd };
	struct outcome o = { 0 };

	if (skips(t))
		return;
	server_await(t->server, server_begin(t->server, &none, fd), &o);
	outcome_take(&o, out, err_fd);
	judge(t, &o, rule, what);
}

static int
other(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd == -1)
		err(1, "%s", path);
	return fd;
}

static int
nobody_reads(void)
{
	int end[2];

	if (pipe2(end, O_CLOEXEC) == -1)
		err(1, "no pipe");
	close(end[0]);
	return end[1];
}

/* Descriptors that are closed, or no good. */
void
descriptors(struct trial *t)
{
	/* What is opened as /dev/stdin is what stands in for it. */
	const struct rule fails = { .statuses = STATUS(1), .prefix = true },
	    empty = { .statuses = STATUS(1) | REFUSED, .prefix = true },
	    any = { .statuses = STATUS(0) | STATUS(1) | REFUSED, .sigpipe = true,
	    .ended = true, .silent = true }, fine = same;
	bool reads = t->input.size > 0, writes = t->want.out.size > 0;
	const struct rule *no_in = !reads ? &fine : t->row->pipe ? &fails :
	    &empty,
	    *no_out = writes ? &fails : &any;
	struct rule dies = fails;
	int in, out, said;

	dies.sigpipe = true;
	for (in = 0; in < 10; in++) {
		int fd[3] = {
			memory_file(t->input.at, t->input.size),
			memory_file(NULL, 0), memory_file(NULL, 0),
		};

		out = fd[1];
		said = fd[2];
		switch (in) {
		case 0: with(t, -1, out, said, no_in, "no stdin"); break;
		case 1: with(t, fd[0], -1, said, no_out, "no stdout"); break;
		case 2: with(t, fd[0], out, -1, &fine, "no stderr"); break;
		case 3: with(t, -1, -1, -1, &any, "nothing at all"); break;
		case 4:
			close(fd[0]);
			with(t, fd[0] = other(".", O_RDONLY), out, said, no_in,
			    "a directory as stdin");
			break;
		case 5:
			close(fd[0]);
			with(t, fd[0] = other("/dev/null", O_WRONLY), out,
			    said, no_in, "a stdin that cannot be read");
			break;
		case 6:
			close(out);
			with(t, fd[0], fd[1] = other("/dev/null", O_RDONLY),
			    said, no_out, "a stdout that cannot be written");
			break;
		case 7:
			close(out);
			with(t, fd[0], fd[1] = other("/dev/full", O_WRONLY),
			    said, no_out, "/dev/full");
			break;
		case 8:
			close(out);
			with(t, fd[0], fd[1] = nobody_reads(), said,
			    writes ? &dies : &any, "nobody reads");
			break;
		default:
			close(said);
			with(t, fd[0], out, fd[2] = other("/dev/full",
			    O_WRONLY), &fine, "no room for messages");
		}
		for (out = 0; out < 3; out++)
			close(fd[out]);
	}
}
