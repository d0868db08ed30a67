/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apart.h"
#include "traffic.h"

struct apart_end {
	bool ended;
	struct fault fault;	/* EXIT_DONE: none */
	_Alignas(max_align_t) unsigned char result[APART_RESULT_MAX];
};

static void
ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_IGN);
}

int
apart_fork(struct apart *a,
    int (*run)(void *ctx, void *result, struct fault *f), void *ctx,
    struct fault *f)
{
	struct fault late = { .status = EXIT_DONE };
	pid_t parent = getpid();

	a->end = mmap(NULL, sizeof(*a->end), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (a->end == MAP_FAILED)
		return fault_set(f, EXIT_SYSTEM, "no memory to share");
	if (traffic_share(f) == -1)
		return -1;
	if ((a->child = fork()) == -1)
		return fault_set(f, EXIT_SYSTEM, "no process: %s",
		    strerror(errno));
	if (a->child > 0)
		return 0;
	ignore_signals();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXIT_SYSTEM);
	if (run(ctx, a->end->result, &late) == -1)
		a->end->fault = late;
	a->end->ended = true;
	_exit(late.status);	/* threads may be at work */
}

int
apart_end(struct apart *a, void *result, size_t size, struct fault *f)
{
	struct apart_end *end = a->end;
	int status = 0;

	while (waitpid(a->child, &status, 0) == -1 && errno == EINTR)
		;
	a->child = 0;
	if (WIFSIGNALED(status))
		return fault_set(f, EXIT_SYSTEM, "what reads the stream was "
		    "killed by signal %d", WTERMSIG(status));
	if (!end->ended)
		return fault_set(f, EXIT_SYSTEM, "%s", "");
	if (end->fault.status != EXIT_DONE) {
		*f = end->fault;
		return fault_foreign(f);
	}
	memcpy(result, end->result, size);
	munmap(end, sizeof(*end));
	return 0;
}
