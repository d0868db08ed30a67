/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "guest_xen.h"

#define REQUEST		"suspend"	/* in control/shutdown */
#define NODE		"control/shutdown"
#define ACK_TOKEN	"answer"
#define RELEASE_TOKEN	"release"
#define AFTER_ACK	60u		/* seconds from answer to suspension */

static long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Writes "" over the request, unless the guest took it already. */
bool
guest_withdraw(struct guest *g)
{
	char path[GUEST_PATH_SIZE], *value;
	xs_transaction_t t;
	unsigned length;
	bool there;

	guest_path(g, NODE, path);
	do {
		if ((t = xs_transaction_start(g->xs)) == XBT_NULL)
			return false;
		value = xs_read(g->xs, t, path, &length);
		there = value != NULL && strcmp(value, REQUEST) == 0;
		free(value);
		if (there && !xs_write(g->xs, t, path, "", 0)) {
			xs_transaction_end(g->xs, t, true);
			return false;
		}
	} while (!xs_transaction_end(g->xs, t, !there) && errno == EAGAIN);
	return there;
}

/* Takes the watches that fired off the connection. */
static void
drain_watches(struct guest *g)
{
	char **fired;

	while ((fired = xs_check_watch(g->xs)) != NULL)
		free(fired);
}

/*
 * Sleeps until a watch fires, the peer goes or `until` is reached.
 * 1, 0 when the time is over, -1 when the peer is gone.
 */
static int
sleep_for_news(struct guest *g, long until)
{
	struct pollfd p[2] = {
		{ .fd = xs_fileno(g->xs), .events = POLLIN },
		{ .fd = g->peer, .events = POLLIN },
	};
	long left = until - now_ms();
	int n;

	if (left <= 0)
		return 0;
	n = poll(p, 2, (int)left);
	if (n == -1 && errno == EINTR)
		return 1;
	if (n > 0 && p[1].revents != 0)
		return -1;
	drain_watches(g);
	return n > 0;
}

/* Whether the guest has taken the request: it changes the node. */
static bool
answered(struct guest *g)
{
	char *value = guest_read(g, NODE);
	bool taken = value == NULL || strcmp(value, REQUEST) != 0;

	free(value);
	return taken;
}

/*
 * The request is written: waits until the guest is suspended.
 * 0, or -1 with g->suspend_fault set; a guest that is still there has not
 * got the request any more, or has answered it.
 */
static int
await_suspend(struct guest *g)
{
	struct fault *f = &g->suspend_fault;
	long until = now_ms() + (long)g->timeout * 1000;
	bool acked = false;
	xc_domaininfo_t info;
	int news;

	for (;;) {
		if (!guest_info(g, &info) || info.flags & XEN_DOMINF_dying)
			return fault_set(f, EXIT_SYSTEM,
			    "domain %s is gone", g->label);
		if (guest_is_suspended(&info))
			return 0;
		if (info.flags & XEN_DOMINF_shutdown)
			return fault_set(f, EXIT_SYSTEM, "domain %s shut "
			    "down instead of suspending", g->label);
		if (!acked && answered(g)) {
			acked = true;
			until = now_ms() + (long)AFTER_ACK * 1000;
		}
		if ((news = sleep_for_news(g, until)) == 1)
			continue;
		if (!acked && !guest_withdraw(g)) {
			/* It took the request just now: see it through. */
			acked = true;
			until = now_ms() + (long)AFTER_ACK * 1000;
			continue;
		}
		if (news == -1 && acked && g->peer != -1) {
			g->peer = -1;	/* known; the guest is on its way */
			continue;
		}
		break;
	}
	if (news == -1)
		return fault_set(f, EXIT_SYSTEM, "given up: nobody takes "
		    "the stream of domain %s any more", g->label);
	if (!acked)
		return fault_set(f, EXIT_SYSTEM, "domain %s did not answer "
		    "the request to suspend within %u s; it runs on",
		    g->label, g->timeout);
	fault_set(f, EXIT_SYSTEM, "domain %s answered, but did not suspend "
	    "within %u s", g->label, AFTER_ACK);
	return fault_hint(f, "it may still do so; then: xc-emit --resume %u",
	    g->domid);
}

static int
request_suspend(struct guest *g)
{
	char path[GUEST_PATH_SIZE];
	struct fault *f = &g->suspend_fault;
	int result = -1;

	guest_path(g, NODE, path);
	if (!xs_watch(g->xs, "@releaseDomain", RELEASE_TOKEN) ||
	    !xs_watch(g->xs, path, ACK_TOKEN) ||
	    !xs_write(g->xs, XBT_NULL, path, REQUEST, strlen(REQUEST)))
		guest_fault(g, f, "xenstore does not take the request to "
		    "suspend");
	else
		result = await_suspend(g);
	xs_unwatch(g->xs, path, ACK_TOKEN);
	xs_unwatch(g->xs, "@releaseDomain", RELEASE_TOKEN);
	drain_watches(g);
	return result;
}

/* libxenguest's callback: 1 when the guest is suspended. */
static int
suspend(void *data)
{
	struct guest *g = data;
	xc_domaininfo_t info;

	if (guest_info(g, &info) && guest_is_suspended(&info))
		return 1;
	if (request_suspend(g) == -1)
		return 0;
	return 1;
}

/* libxenguest insists on it for PVH; there is no QEMU to tell. */
static int
switch_logdirty(uint32_t domid, unsigned enable, void *data)
{
	(void)domid;
	(void)enable;
	(void)data;
	return 0;
}

int
guest_save(struct guest *g, int out, int peer, unsigned timeout,
    struct fault *f)
{
	struct save_callbacks calls = {
		.suspend = suspend, .switch_qemu_logdirty = switch_logdirty,
		.data = g,
	};

	g->peer = peer;
	g->timeout = timeout;
	g->suspend_fault.status = EXIT_DONE;
	g->log.first[0] = '\0';
	errno = 0;
	if (xc_domain_save(g->xc, out, g->domid, 0, &calls, XC_STREAM_PLAIN,
	    -1) == 0) {
		/* Somebody who let it run meanwhile made the image void. */
		if (guest_suspended(g))
			return 0;
		return fault_set(f, EXIT_SYSTEM, "domain %s did not stay "
		    "suspended while it was saved", g->label);
	}
	if (g->suspend_fault.status == EXIT_DONE)
		return guest_fault(g, f, "saving failed");
	*f = g->suspend_fault;
	return -1;
}
