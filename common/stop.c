/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All is done in the handler, by functions that may be called there, so that
 * it does not matter what the process is waiting for.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fault.h"
#include "stop.h"
#include "tick.h"
#include "traffic.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/* What a handler cannot be given as an argument. */
static struct {
	struct pair *pair;
	const char *tool;
	int null;		/* /dev/null */
	bool taken[SIGNALS];	/* which of them stop */
	pid_t writer;		/* 0: none */
	const struct lock *lock;	/* NULL: none */
	void (*last)(const void *ctx);	/* NULL: nothing */
	const void *ctx;	/* last's */
	int out;		/* -1: none */
	int ask;		/* -1: none */
	unsigned limit, silent;	/* seconds */
	uint64_t moved;		/* when last looked at */
} stop = { .null = -1, .out = -1, .ask = -1 };

/*
 * Lets the child clean up, and waits for it.  False when it was killed: then
 * that is left to this process' main thread.
 */
static bool
end_child(void)
{
	siginfo_t info = { .si_code = CLD_EXITED };
	int err = errno;

	if (stop.pair == NULL)
		return true;
	/* Whoever else may say something may have left no room. */
	pair_shout(stop.pair, MESSAGE_ABORT);
	if (stop.writer > 0)
		kill(stop.writer, SIGKILL);
	if (stop.pair->stream != -1)
		dup2(stop.null, stop.pair->stream);
	if (stop.out != -1)
		dup2(stop.null, stop.out);
	while (waitid(P_PID, (id_t)stop.pair->child, &info,
	    WEXITED | WNOWAIT) == -1 && errno == EINTR)
		;
	errno = err;
	if (info.si_code != CLD_EXITED)
		return false;
	waitpid(stop.pair->child, NULL, WNOHANG);	/* it is gone for all */
	if (stop.lock != NULL)
		unlink(stop.lock->path);
	return true;
}

/* Everything that a stop does but the last.  False as end_child. */
static bool
end_all(void)
{
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		if (stop.taken[i])
			signal(signals[i], SIG_DFL);
	tick_stop();
	if (!end_child())
		return false;
	if (stop.last != NULL)
		stop.last(stop.ctx);
	return true;
}

static void
on_signal(int number)
{
	static const uint64_t one = 1;
	int ask = stop.ask;

	stop.ask = -1;
	if (ask != -1 && write(ask, &one, sizeof(one)) == sizeof(one))
		return;
	if (end_all())
		raise(number);
}

static void
on_tick(void)
{
	static const char text[] = ": nothing moved for too long: given up\n";
	uint64_t moved = traffic_now()->in + traffic_now()->out;

	stop.silent = moved == stop.moved ? stop.silent + 1 : 0;
	stop.moved = moved;
	if (stop.limit == 0 || stop.silent < stop.limit)
		return;
	if (write(STDERR_FILENO, stop.tool, strlen(stop.tool)) == -1 ||
	    write(STDERR_FILENO, text, strlen(text)) == -1)
		errno = 0;	/* nobody reads it */
	if (end_all())
		_exit(EXIT_SYSTEM);
}

void
stop_by_signals(struct pair *p, const char *tool)
{
	struct sigaction was, is = {
		.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NODEFER,
	};
	size_t i;

	stop.pair = p;
	stop.tool = tool;
	stop.null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigemptyset(&is.sa_mask);
	for (i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &was) == 0 &&
		    was.sa_handler != SIG_IGN)
			stop.taken[i] = sigaction(signals[i], &is, NULL) == 0;
}

void
stop_asks(int fd)
{
	stop.ask = fd;
}

void
stop_forked(void)
{
	stop.pair = NULL;
}

void
stop_does(void (*last)(const void *ctx), const void *ctx)
{
	stop.last = NULL;	/* while ctx is another's */
	stop.ctx = ctx;
	stop.last = last;
}

static void
drop(const void *file)
{
	newfile_drop(file);
}

void
stop_drops(const struct newfile *n)
{
	stop_does(n != NULL ? drop : NULL, n);
}

void
stop_kills(pid_t child)
{
	stop.writer = child;
}

void
stop_holds(const struct lock *l, int out)
{
	stop.lock = l;
	stop.out = out;
}

void
stop_by_silence(unsigned seconds)
{
	stop.limit = seconds;
	stop.silent = 0;
	tick_set(TICK_SILENCE, seconds > 0 ? on_tick : NULL);
}
