/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/time.h>
#include <unistd.h>

#include "tick.h"

static struct {
	void (*look)(void);	/* NULL: nobody */
	pid_t pid;		/* whose it is */
} ticks[TICKS];

static void
on_alarm(int number)
{
	int err = errno, i;

	(void)number;
	for (i = 0; i < TICKS; i++)
		if (ticks[i].look != NULL && ticks[i].pid == getpid())
			ticks[i].look();
	errno = err;
}

static void
every(unsigned seconds)
{
	const struct itimerval timer = {
		.it_interval.tv_sec = seconds, .it_value.tv_sec = seconds,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

void
tick_set(enum tick which, void (*look)(void))
{
	struct sigaction is = {
		.sa_handler = on_alarm, .sa_flags = SA_RESTART,
	};
	int wanted = 0, i;

	ticks[which].look = NULL;	/* while pid is another's */
	ticks[which].pid = getpid();
	ticks[which].look = look;
	for (i = 0; i < TICKS; i++)
		wanted += ticks[i].look != NULL &&
		    ticks[i].pid == ticks[which].pid;
	sigemptyset(&is.sa_mask);
	sigaction(SIGALRM, &is, NULL);
	every(wanted > 0 ? 1 : 0);
}

void
tick_stop(void)
{
	every(0);
}
