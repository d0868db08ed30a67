/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traffic.h"
#include "upstream.h"

/* Handlers are the reader's, and so is to say why it stopped. */
static void
default_signals(void)
{
	static const int signals[] = {
		SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM,
	};
	struct sigaction act;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &act) == 0 &&
		    act.sa_handler != SIG_IGN)
			signal(signals[i], SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
}

int
upstream_fork(struct upstream *u,
    int (*write)(void *ctx, int fd, struct fault *f), void *ctx,
    struct fault *f)
{
	struct fault late = { .status = EXIT_DONE };
	pid_t reader = getpid();
	int ends[2], hold;

	u->late = mmap(NULL, sizeof(*u->late), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (u->late == MAP_FAILED || pipe2(ends, O_CLOEXEC) == -1)
		return fault_set(f, EXIT_SYSTEM, "pipe: %s",
		    strerror(errno));
	if ((u->child = fork()) == -1)
		return fault_set(f, EXIT_SYSTEM, "fork: %s",
		    strerror(errno));
	if (u->child == 0) {
		close(ends[0]);
		default_signals();
		traffic_part();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != reader)
			_exit(EXIT_SYSTEM);
		/* Whoever sees the end of the stream finds what came of it. */
		hold = dup(ends[1]);
		if (hold == -1)
			fault_set(&late, EXIT_SYSTEM, "dup: %s",
			    strerror(errno));
		else
			u->late->done = write(ctx, ends[1], &late) == 0;
		if (!u->late->done)
			u->late->fault = late;
		_exit(late.status);
	}
	close(ends[1]);
	u->fd = ends[0];
	return 0;
}

/* Neither done nor failed. */
static int
killed_fault(struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "what opens the stream was killed");
}

int
upstream_whole(const struct upstream *u, struct fault *f)
{
	if (u == NULL || u->child == 0 || u->late->done)
		return 0;
	if (u->late->fault.status == EXIT_DONE)
		return killed_fault(f);
	*f = u->late->fault;
	return fault_foreign(f);
}

int
upstream_both(const void *pair, struct fault *f)
{
	const struct upstream_pair *p = pair;

	return upstream_whole(p->of[0], f) == -1 ? -1 :
	    upstream_whole(p->of[1], f);
}

/* whole: it has to come to a good end for the stream to be one. */
static int
end(struct upstream *u, int result, bool whole, struct fault *f)
{
	int status = 0;
	bool killed;

	close(u->fd);	/* it may be about to write, */
	if (result == -1)
		kill(u->child, SIGPIPE);	/* or wait for what to read */
	while (waitpid(u->child, &status, 0) == -1 && errno == EINTR)
		;
	killed = WIFSIGNALED(status) && WTERMSIG(status) != SIGPIPE;
	if (whole && (killed || u->late->fault.status != EXIT_DONE))
		result = -1;
	if (result == -1 && u->late->fault.status != EXIT_DONE) {
		*f = u->late->fault;
		fault_foreign(f);
	} else if (result == -1 && killed) {
		killed_fault(f);
	}
	munmap(u->late, sizeof(*u->late));
	return result;
}

int
upstream_end(struct upstream *u, int result, struct fault *f)
{
	return end(u, result, false, f);
}

int
upstream_end_whole(struct upstream *u, int result, struct fault *f)
{
	return end(u, result, true, f);
}
