/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checkpointed saves.  libxenguest (xg_sr_save.c in xen.git) saves live up to
 * the first checkpoint, and then, for each one, suspends the guest and writes
 * the pages that it changed, its state and CHECKPOINT; `postcopy` lets the
 * guest run on, and `checkpoint` waits until the next one is due.  Either
 * ends it by 0: then libxenguest reports a failure without an error, which
 * is none.
 */
#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "guest_xen.h"
#include "now.h"

#define LOOK_AGAIN	2	/* ms */
#define US_PER_MS	1000u

static int
suspend(void *data)
{
	struct guest *g = data;

	g->pace.began = now_us();
	if (guest_suspend(g) == -1)
		return 0;
	g->pace.stopped = now_us();
	if (g->live.on)
		guest_last_round(g, true);
	return 1;
}

/* The image up to CHECKPOINT is written: the guest runs on. */
static int
postcopy(void *data)
{
	struct guest *g = data;
	struct save_checkpoint c = {
		.number = ++g->pace.number, .late = g->pace.late,
	};

	if (guest_run_on(g, &g->save_fault) == -1)
		return 0;
	c.stopped = now_us() - g->pace.stopped;
	if (g->live.on)
		guest_last_round(g, false);
	g->live.on = false;
	g->how->pace.tell(g->how->pace.listener, &c);
	return 1;
}

/* Whether bytes are in the pipe that nobody has taken yet. */
static bool
has_untaken(const struct guest *g)
{
	int left;

	return ioctl(g->how->out, FIONREAD, &left) == 0 && left > 0;
}

bool
guest_enough(const struct guest *g)
{
	struct pollfd p = { .fd = g->how->pace.enough, .events = POLLIN };

	return g->how->pace.interval > 0 && poll(&p, 1, 0) > 0;
}

/* Sleeps so many ms, or until it is enough or the peer goes, which it tells. */
static bool
sleep_or_end(struct guest *g, uint64_t ms)
{
	struct pollfd p[2] = {
		{ .fd = g->how->pace.enough, .events = POLLIN },
		{ .fd = g->peer, .events = POLLIN },
	};

	(void)poll(p, 2, (int)ms);
	return guest_peer_gone(g, 0);
}

/*
 * Until the next checkpoint is due and all of the last one has gone out: what
 * is in the pipe then would have to be sent while the guest stands still.
 */
static int
await_next(void *data)
{
	struct guest *g = data;
	const struct save_pace *pace = &g->how->pace;
	uint64_t due = g->pace.began + pace->interval * (uint64_t)US_PER_MS;
	uint64_t now;

	while (pace->count == 0 || g->pace.number < pace->count) {
		if (guest_enough(g))
			break;
		now = now_us();
		if (now < due ? sleep_or_end(g, (due - now) / US_PER_MS + 1) :
		    has_untaken(g) && sleep_or_end(g, LOOK_AGAIN))
			break;
		now = now_us();
		if (now < due || has_untaken(g))
			continue;
		g->pace.late = now - due;
		return 1;
	}
	g->log.verbose = false;	/* it says that saving failed */
	return 0;
}

int
guest_save_checkpoints(struct guest *g)
{
	struct save_callbacks calls = {
		.suspend = suspend, .postcopy = postcopy,
		.checkpoint = await_next, .precopy_policy = guest_precopy,
		.switch_qemu_logdirty = guest_no_qemu, .data = g,
	};
	bool verbose = g->log.verbose;
	int result;

	g->pace.number = 0;
	result = xc_domain_save(g->xc, g->how->out, g->domid, XCFLAGS_LIVE,
	    &calls, XC_STREAM_REMUS, -1);
	g->log.verbose = verbose;
	if (g->save_fault.status != EXIT_DONE)
		return -1;
	g->log.first[0] = '\0';
	return result;
}
