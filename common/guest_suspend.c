/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "guest_xen.h"
#include "now.h"

#define REQUEST		"suspend"	/* in control/shutdown */
#define NODE		"control/shutdown"
#define ACK_TOKEN	"answer"
#define RELEASE_TOKEN	"release"
#define AFTER_ACK	60u		/* seconds from answer to suspension */
#define LATE		3000u		/* ms */

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
 * Sleeps until a watch or the event channel fires, the peer goes, or `until`,
 * in ms, is reached.  1, 0 when the time is over, -1 when the peer is gone.
 */
static int
sleep_for_news(struct guest *g, uint64_t until)
{
	struct pollfd p[3] = {
		{ .fd = xs_fileno(g->xs), .events = POLLIN },
		{ .fd = g->peer, .events = POLLIN },
		{ .fd = guest_channel_fd(g), .events = POLLIN },
	};
	uint64_t now = now_ms();
	int n;

	if (now >= until)
		return 0;
	n = poll(p, 3, (int)(until - now));
	if (n == -1 && errno == EINTR)
		return 1;
	if (n > 0 && p[1].revents != 0)
		return -1;
	if (n > 0 && p[2].revents != 0)
		guest_channel_drain(g);
	drain_watches(g);
	return n > 0;
}

bool
guest_peer_gone(struct guest *g, int ms)
{
	struct pollfd p = { .fd = g->peer, .events = POLLIN };

	if (poll(&p, 1, ms) <= 0)
		return false;
	fault_set(&g->save_fault, EXIT_SYSTEM, "given up: nobody takes the "
	    "stream of domain %s any more", g->label);
	return true;
}

int
guest_look(struct guest *g)
{
	xc_domaininfo_t info;

	if (!guest_info(g, &info) || info.flags & XEN_DOMINF_dying)
		return fault_set(&g->save_fault, EXIT_SYSTEM,
		    "domain %s is gone", g->label);
	if (guest_is_suspended(&info))
		return 1;
	if (info.flags & XEN_DOMINF_shutdown)
		return fault_set(&g->save_fault, EXIT_SYSTEM, "domain %s shut "
		    "down instead of suspending", g->label);
	return 0;
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

/* The guest was past recall, and the time is over. */
static int
tell_late(struct guest *g)
{
	struct fault *f = &g->save_fault;

	if (g->report->asked == SAVE_BY_CHANNEL)
		fault_set(f, EXIT_SYSTEM, "domain %s was asked by its event "
		    "channel, but did not suspend within %u s", g->label,
		    g->how->timeout);
	else
		fault_set(f, EXIT_SYSTEM, "domain %s answered, but did not "
		    "suspend within %u s", g->label, AFTER_ACK);
	return fault_hint(f, "it may still do so; then: xc-emit --resume -f %u",
	    g->domid);
}

/*
 * The request is made: waits until the guest is suspended.  Once the guest
 * has taken it, it cannot be recalled; one by event channel never can.
 */
static int
await_suspend(struct guest *g)
{
	uint64_t until = now_ms() + (uint64_t)g->how->timeout * 1000;
	bool acked = g->report->asked == SAVE_BY_CHANNEL;
	int news, state;

	for (;;) {
		if ((state = guest_look(g)) != 0)
			return state == 1 ? 0 : -1;
		if (!acked && answered(g)) {
			acked = true;
			until = now_ms() + (uint64_t)AFTER_ACK * 1000;
		}
		if ((news = sleep_for_news(g, until)) == 1)
			continue;
		if (!acked && !guest_withdraw(g)) {
			/* It took the request just now: see it through. */
			acked = true;
			until = now_ms() + (uint64_t)AFTER_ACK * 1000;
			continue;
		}
		if (news == -1 && acked) {
			g->peer = -1;	/* known; the guest is on its way */
			continue;
		}
		break;
	}
	if (acked)
		return tell_late(g);
	if (guest_peer_gone(g, 0))
		return -1;
	return fault_set(&g->save_fault, EXIT_SYSTEM, "domain %s did not "
	    "answer the request to suspend within %u s; it runs on",
	    g->label, g->how->timeout);
}

/*
 * Makes the request.  A subscription of a process that was killed would keep
 * the news from xenstore.
 */
static bool
request(struct guest *g, const char *path)
{
	if (g->channel.port != -1) {
		g->report->asked = SAVE_BY_CHANNEL;
		return guest_channel_notify(g);
	}
	g->report->asked = SAVE_BY_XENSTORE;
	xc_domain_subscribe_for_suspend(g->xc, g->domid, 0);
	return xs_watch(g->xs, path, ACK_TOKEN) &&
	    xs_write(g->xs, XBT_NULL, path, REQUEST, strlen(REQUEST));
}

int
guest_suspend(struct guest *g)
{
	char path[GUEST_PATH_SIZE];
	int result = -1;

	guest_path(g, NODE, path);
	if (!xs_watch(g->xs, "@releaseDomain", RELEASE_TOKEN) ||
	    !request(g, path))
		guest_fault(g, &g->save_fault, "the request to suspend "
		    "cannot be made");
	else
		result = await_suspend(g);
	if (g->report->asked == SAVE_BY_XENSTORE)
		xs_unwatch(g->xs, path, ACK_TOKEN);
	xs_unwatch(g->xs, "@releaseDomain", RELEASE_TOKEN);
	drain_watches(g);
	return result;
}

bool
guest_await_late(struct guest *g)
{
	uint64_t until = now_ms() + LATE;
	int state;

	g->peer = -1;
	g->channel.port = -1;
	xs_watch(g->xs, "@releaseDomain", RELEASE_TOKEN);
	while ((state = guest_look(g)) == 0 &&
	    sleep_for_news(g, until) == 1)
		;
	xs_unwatch(g->xs, "@releaseDomain", RELEASE_TOKEN);
	drain_watches(g);
	return state == 1;
}
