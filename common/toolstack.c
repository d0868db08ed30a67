/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "toolstack.h"

#define NO_XL	127	/* status of a process that could not become xl */

/* What xl, libxl and libxenguest print when nothing is wrong. */
static const char *const news[] = {
	"progress: ", "info: ", "detail: ", "debug: ", "Saving to ",
	"Loading new save file ", "Savefile contains ", "Parsing config ",
};

bool
toolstack_there(void)
{
	const char *path = getenv("PATH");
	char file[4096];
	size_t size;

	for (; path != NULL && *path != '\0'; path += size + (path[size] == ':')) {
		size = strcspn(path, ":");
		snprintf(file, sizeof(file), "%.*s/xl", (int)size, path);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* The child: becomes xl. */
static _Noreturn void
become(const char *const argv[], int in, int out, int messages)
{
	static const int signals[] = {
		SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	};
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	size_t i;

	/* It has a guest in its hands: the terminal's signals are not its. */
	setpgid(0, 0);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	if (dup2(in == -1 ? null : in, STDIN_FILENO) != -1 &&
	    dup2(out == -1 ? messages : out, STDOUT_FILENO) != -1 &&
	    dup2(messages, STDERR_FILENO) != -1)
		execvp(argv[0], (char *const *)(uintptr_t)argv);
	dprintf(messages, "cannot be run: %s\n", strerror(errno));
	_exit(NO_XL);
}

static void
close_all(struct toolstack *t)
{
	close(t->messages);
	close(t->process);
	t->pid = 0;
}

int
toolstack_start(struct toolstack *t, const char *const argv[], int in,
    int out, struct fault *f)
{
	pid_t parent = getpid();
	int ends[2];

	t->used = 0;
	t->last[0] = '\0';
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return fault_set(f, EXIT_SYSTEM, "no pipe: %s",
		    strerror(errno));
	if ((t->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(NO_XL);
		fcntl(ends[1], F_SETFL, 0);
		become(argv, in, out, ends[1]);
	}
	t->messages = ends[0];
	t->process = t->pid == -1 ? -1 : pidfd_open(t->pid, 0);
	close(ends[1]);
	if (t->process != -1)
		return 0;
	fault_set(f, EXIT_SYSTEM, "xl cannot be run: %s", strerror(errno));
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	close(ends[0]);
	t->pid = 0;
	return -1;
}

static bool
is_news(const char *line)
{
	size_t i;

	for (i = 0; i < sizeof(news) / sizeof(news[0]); i++)
		if (strstr(line, news[i]) != NULL)
			return true;
	return false;
}

static void
take_line(struct toolstack *t)
{
	t->line[t->used] = '\0';
	if (t->used == 0)
		return;
	t->used = 0;
	if (t->verbose || !is_news(t->line))
		fault_tell(t->tool, "xl: %s", t->line);
	if (!is_news(t->line))
		memcpy(t->last, t->line, sizeof(t->last));
}

void
toolstack_read(struct toolstack *t)
{
	char buf[1024];
	ssize_t n, i;

	while ((n = read(t->messages, buf, sizeof(buf))) > 0)
		for (i = 0; i < n; i++)
			if (buf[i] == '\n' || buf[i] == '\r')
				take_line(t);
			else if (t->used < TOOLSTACK_LINE - 1)
				t->line[t->used++] = buf[i];
}

/* It has ended.  What works for it would go on if it was killed. */
static void
end_group(const struct toolstack *t)
{
	siginfo_t info = { .si_code = CLD_EXITED };

	if (waitid(P_PID, (id_t)t->pid, &info, WEXITED | WNOWAIT) == 0 &&
	    info.si_code != CLD_EXITED)
		kill(-t->pid, SIGKILL);
}

/* Waits until it has ended; its status, as waitpid says. */
static int
await(struct toolstack *t)
{
	struct pollfd p[2] = {
		{ .fd = t->process, .events = POLLIN },
		{ .fd = t->messages, .events = POLLIN },
	};
	int status = 0;

	/* What it leaves behind may keep the messages open. */
	while (p[0].revents == 0) {
		if (poll(p, 2, -1) == -1)
			p[0].revents = 0;
		else if (p[1].revents & POLLIN)
			toolstack_read(t);
		else if (p[1].revents != 0)
			p[1].fd = -1;
	}
	end_group(t);
	toolstack_read(t);
	take_line(t);
	while (waitpid(t->pid, &status, 0) == -1 && errno == EINTR)
		;
	close_all(t);
	return status;
}

int
toolstack_end(struct toolstack *t, const char *what, struct fault *f)
{
	int status = await(t);

	if (WIFSIGNALED(status))
		return fault_set(f, EXIT_SYSTEM, "%s: xl was killed by signal "
		    "%d", what, WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return fault_set(f, EXIT_SYSTEM, "%s: xl exited with %d%s%s",
		    what, WEXITSTATUS(status), t->last[0] != '\0' ? ": " : "",
		    t->last);
	return 0;
}

void
toolstack_kill(struct toolstack *t)
{
	kill(t->pid, SIGKILL);
	await(t);
}

int
toolstack_run(struct toolstack *t, const char *const argv[],
    const char *what, struct fault *f)
{
	if (toolstack_start(t, argv, -1, -1, f) == -1)
		return -1;
	return toolstack_end(t, what, f);
}
