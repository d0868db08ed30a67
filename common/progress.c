/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All of it but the stats is done in signal handlers, by functions that may be
 * called there.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "now.h"
#include "progress.h"
#include "text.h"
#include "tick.h"
#include "traffic.h"

#define WIDTH_DEFAULT	80u
#define MS		1000u	/* of a second */

static struct {
	const char *tool;
	pid_t pid;		/* whose progress it is */
	bool json, stats;
	int terminal;		/* a descriptor of its own, or -1 */
	bool locked;		/* the terminal's line is this process' */
	volatile sig_atomic_t asks;	/* a question stands there */
	volatile sig_atomic_t shown;	/* a line does, which is to go */
	unsigned width;
	uint64_t begun;		/* ms */
	uint64_t size;		/* of the input, where it is a file; or 0 */
	uint64_t ms, in;	/* when last shown */
	char *detail;
} self = { .terminal = -1 };

/* Milliseconds until the end, as far as can be said; or 0. */
static uint64_t
time_left(const struct traffic *t, uint64_t ms)
{
	uint64_t all = self.size, done = t->in;

	if (all == 0 && t->rounds <= 1) {
		all = t->guest_pages;
		done = t->pages;
	}
	if (all <= done || done == 0)
		return 0;
	return (uint64_t)((double)(all - done) * (double)ms / (double)done);
}

static void
put_pages(struct text *line, const struct traffic *t)
{
	if (t->pages == 0)
		return;
	text_put(line, ", ");
	text_number(line, t->pages);
	if (t->guest_pages > 0 && t->rounds <= 1) {
		text_put(line, " of ");
		text_number(line, t->guest_pages);
	}
	text_put(line, " pages");
	if (t->rounds > 1) {
		text_put(line, ", round ");
		text_number(line, t->rounds);
	}
}

/* For people; rate is in bytes per second. */
static void
put_line(struct text *line, uint64_t rate)
{
	const struct traffic *t = traffic_now();
	uint64_t left = time_left(t, now_ms() - self.begun);

	text_put(line, self.tool);
	text_put(line, ": ");
	text_size(line, t->in);
	text_put(line, " in, ");
	text_size(line, t->out);
	text_put(line, " out");
	if (t->in > 0 && t->out > 0) {
		text_put(line, " (");
		text_number(line, (uint64_t)(100.0 * (double)t->out /
		    (double)t->in));
		text_put(line, " %)");
	}
	text_put(line, ", ");
	text_size(line, rate);
	text_put(line, "/s");
	put_pages(line, t);
	if (left > 0) {
		text_put(line, ", ");
		text_duration(line, left / MS);
		text_put(line, " left");
	}
}

/* The keys that progress and stats share. */
static void
put_keys(struct text *line, const char *state)
{
	const struct traffic *t = traffic_now();
	uint64_t ms = now_ms() - self.begun, left = time_left(t, ms);

	text_put(line, "{\"tool\":\"");
	text_put(line, self.tool);
	text_put(line, "\",\"state\":\"");
	text_put(line, state);
	text_put(line, "\"");
	text_key(line, "ms", ms);
	text_key(line, "bytes_in", t->in);
	text_key(line, "bytes_out", t->out);
	text_key(line, "records", t->records);
	text_key(line, "pages", t->pages);
	text_key(line, "rounds", t->rounds);
	if (t->guest_pages > 0)
		text_key(line, "guest_pages", t->guest_pages);
	if (left > 0)
		text_key(line, "left_ms", left);
}

static void
tell(const struct text *line)
{
	if (write(STDERR_FILENO, line->bytes, line->size) == -1)
		errno = 0;	/* nobody reads it */
}

/* The first to ask has the terminal's line until it ends. */
static bool
has_line(void)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!self.locked && self.terminal != -1)
		self.locked = fcntl(self.terminal, F_OFD_SETLK, &lock) == 0;
	return self.locked;
}

static uint64_t
rate_of(uint64_t bytes, uint64_t ms)
{
	return ms == 0 ? 0 : bytes * MS / ms;
}

static void
show(void)
{
	struct text line = { .size = 0 };
	uint64_t ms = now_ms(), in = traffic_now()->in;

	if (!has_line())
		return;
	put_line(&line, rate_of(in - self.in, ms - self.ms));
	if (line.size >= self.width)
		line.size = self.width - 1;
	text_put(&line, "\033[K\r");
	self.shown = true;
	tell(&line);
	self.ms = ms;
	self.in = in;
}

static void
on_tick(void)
{
	const struct traffic *t = traffic_now();
	struct text line = { .size = 0 };

	if (t->in == 0 && t->out == 0)
		return;
	if (!self.json) {
		if (!self.asks)
			show();
		return;
	}
	put_keys(&line, "running");
	text_put(&line, "}\n");
	tell(&line);
}

static void
on_request(int number)
{
	struct text line = { .size = 0 };
	int err = errno;

	(void)number;
	if (getpid() == self.pid) {
		put_line(&line, rate_of(traffic_now()->in,
		    now_ms() - self.begun));
		text_put(&line, "\n");
		tell(&line);
	}
	errno = err;
}

static uint64_t
cpu_ms(const struct rusage *u)
{
	return ((uint64_t)u->ru_utime.tv_sec + (uint64_t)u->ru_stime.tv_sec) *
	    MS + ((uint64_t)u->ru_utime.tv_usec +
	    (uint64_t)u->ru_stime.tv_usec) / MS;
}

/* Children too, those that were waited for. */
static void
put_usage(struct text *line)
{
	struct rusage own, children;

	getrusage(RUSAGE_SELF, &own);
	getrusage(RUSAGE_CHILDREN, &children);
	text_key(line, "cpu_ms", cpu_ms(&own) + cpu_ms(&children));
	text_key(line, "peak_kib", (uint64_t)(own.ru_maxrss >
	    children.ru_maxrss ? own.ru_maxrss : children.ru_maxrss));
}

static void
at_exit(int status, void *unused)
{
	struct text line = { .size = 0 };

	(void)unused;
	if (getpid() != self.pid)
		return;
	tick_stop();
	if (self.shown)
		text_put(&line, "\033[K");
	if (self.stats && (status == EXIT_DONE || status == EXIT_INTEGRITY)) {
		put_keys(&line, "done");
		text_key(&line, "status", (uint64_t)status);
		put_usage(&line);
		if (self.detail != NULL) {
			text_put(&line, ",\"detail\":");
			tell(&line);
			line.size = strlen(self.detail);
			if (write(STDERR_FILENO, self.detail, line.size) == -1)
				errno = 0;
			line.size = 0;
		}
		text_put(&line, "}\n");
	}
	tell(&line);
}

/* Locks belong to open files, and stderr is everybody's. */
static void
open_terminal(void)
{
	struct winsize size = { .ws_col = 0 };

	self.terminal = open("/proc/self/fd/2", O_WRONLY | O_NOCTTY |
	    O_CLOEXEC);
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		size.ws_col = WIDTH_DEFAULT;
	self.width = size.ws_col < TEXT_SIZE / 2 ? size.ws_col :
	    TEXT_SIZE / 2;
}

void
progress_begin(const char *tool, enum progress how, bool stats)
{
	struct sigaction is = {
		.sa_handler = on_request, .sa_flags = SA_RESTART,
	};
	struct stat in;

	self.tool = tool;
	self.pid = getpid();
	self.json = how == PROGRESS_JSON;
	self.stats = stats;
	self.begun = self.ms = now_ms();
	if (fstat(STDIN_FILENO, &in) == 0 && S_ISREG(in.st_mode))
		self.size = (uint64_t)in.st_size;
	sigemptyset(&is.sa_mask);
	sigaction(SIGUSR1, &is, NULL);
	on_exit(at_exit, NULL);
	if (how == PROGRESS_SHOWN && fault_erases() &&
	    !isatty(STDOUT_FILENO))
		open_terminal();
	if (self.json || self.terminal != -1)
		tick_set(TICK_PROGRESS, on_tick);
}

void
progress_asks(bool asks)
{
	self.asks = asks;
	if (asks)
		has_line();
}

void
progress_detail(char *text)
{
	self.detail = text;
}
