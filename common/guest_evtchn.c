/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event channel by which some guests offer to be asked to suspend.  Who
 * uses it holds libxenguest's lock, a file below /run/xen named by the
 * domain, and has Xen notify it, instead of xenstored, when the guest is
 * suspended (xg_suspend.c in xen.git).
 */
#include <errno.h>
#include <stdlib.h>

#include "guest_xen.h"

#define NODE	"device/suspend/event-channel"

/* The guest's end, or -1 when it offers none. */
static int
offered_port(struct guest *g)
{
	char *text = guest_read(g, NODE), *end = text;
	long port = text == NULL ? 0 : strtol(text, &end, 10);
	bool good = text != NULL && end != text && *end == '\0' &&
	    port > 0 && port < 1 << 17;	/* as many as FIFO channels have */

	free(text);
	return good ? (int)port : -1;
}

/* Locks and binds the channel; -1 with what is wrong in g->log. */
static int
bind_channel(struct guest *g, int port)
{
	g->channel.port = -1;
	g->log.first[0] = '\0';
	if (g->channel.events == NULL)
		g->channel.events = xenevtchn_open(&g->log.calls, 0);
	if (g->channel.events == NULL)
		return -1;
	/* The one that is exclusive waits without a limit. */
	g->channel.port = xc_suspend_evtchn_init_sane(g->xc,
	    g->channel.events, g->domid, port, &g->channel.lock);
	return g->channel.port < 0 ? -1 : 0;
}

int
guest_channel_open(struct guest *g, struct fault *f)
{
	int port = offered_port(g);

	if (port == -1 || bind_channel(g, port) == 0)
		return 0;
	g->channel.port = -1;
	guest_fault(g, f, "its suspend event channel cannot be had");
	f->status = EXIT_REFUSED;
	return fault_hint(f, "another toolstack may be saving it");
}

bool
guest_channel_notify(struct guest *g)
{
	return xenevtchn_notify(g->channel.events,
	    (evtchn_port_t)g->channel.port) == 0;
}

int
guest_channel_fd(const struct guest *g)
{
	return g->channel.port == -1 ? -1 : xenevtchn_fd(g->channel.events);
}

void
guest_channel_drain(struct guest *g)
{
	xenevtchn_port_or_error_t port = xenevtchn_pending(g->channel.events);

	if (port >= 0)
		xenevtchn_unmask(g->channel.events, (evtchn_port_t)port);
}

void
guest_channel_close(struct guest *g)
{
	if (g->channel.port == -1)
		return;
	xc_domain_subscribe_for_suspend(g->xc, g->domid, 0);
	xc_suspend_evtchn_release(g->xc, g->channel.events, g->domid,
	    g->channel.port, &g->channel.lock);
	g->channel.port = -1;
}

void
guest_channel_forget(struct guest *g)
{
	int port = offered_port(g);

	/* To bind what is not there fails, but removes the lock's file. */
	if (bind_channel(g, port == -1 ? 0 : port) == 0)
		guest_channel_close(g);
	else if (port == -1)
		xc_domain_subscribe_for_suspend(g->xc, g->domid, 0);
	g->channel.port = -1;
	g->log.first[0] = '\0';
}
