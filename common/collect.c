/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A lane is always read, and what comes is in the window or was there before:
 * so no lane waits for another one.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect_work.h"
#include "now.h"
#include "sandbox.h"
#include "stop.h"

#define LINGER_MS	2000u	/* for the lanes to end, at last */

/* What is waited for; returns how many lanes there are. */
static unsigned
look(struct collecting *g)
{
	unsigned i, here = 0;

	g->poll[0] = (struct pollfd){ .fd = g->door.fd, .events = POLLIN };
	g->poll[1] = (struct pollfd){ .fd = -1 };
	if (g->merge.out.fd != -1)
		g->poll[1] = (struct pollfd){ .fd = g->merge.out.fd,
			.events = merge_ready(&g->merge) ? POLLOUT : 0 };
	for (i = 0; i < g->lanes; i++) {
		g->poll[2 + i] = (struct pollfd){ .fd = g->lane[i].fd,
			.events = (short)(POLLIN | (g->lane[i].left > 0 ?
			POLLOUT : 0)) };
		here += g->lane[i].fd != -1;
	}
	return here;
}

/* Says how far it is; returns the ms until there is more to say, or -1. */
static int
say_news(struct collecting *g)
{
	uint64_t now = now_us(), wait, least = 0;
	unsigned i;

	for (i = 0; i < g->lanes; i++) {
		if (g->lane[i].fd == -1)
			continue;
		wait = inlet_news(&g->lane[i], &g->merge, now);
		if (wait > 0 && (least == 0 || wait < least))
			least = wait;
	}
	return least == 0 ? -1 : (int)(least / 1000 + 1);
}

/* Waits until something is to be done.  0, or -1: nobody comes. */
static int
await(struct collecting *g, struct fault *f)
{
	unsigned here = look(g);
	int ms = say_news(g);
	uint64_t now = now_ms(), limit = g->c->timeout * UINT64_C(1000);

	if (here > 0 || merge_ready(&g->merge))
		g->seen = now;
	else if (now - g->seen >= limit)
		return fault_set(f, EXIT_MALFORMED, g->known ? "all lanes are "
		    "cut, and none came again for %u s" :
		    "no lane came for %u s", g->c->timeout);
	else
		ms = (int)(limit - (now - g->seen));
	if (poll(g->poll, 2 + g->lanes, ms) == -1) {
		if (errno != EINTR)
			return fault_set(f, EXIT_SYSTEM, "poll: %s",
			    strerror(errno));
		memset(g->poll, 0, (2 + g->lanes) * sizeof(*g->poll));
	}
	return 0;
}

static int
turn(struct collecting *g, struct fault *f)
{
	unsigned i;

	if (await(g, f) == -1)
		return -1;
	/* Whoever reads it may be gone before there is more to write. */
	if (g->poll[1].revents & POLLERR)
		return fault_set(f, EXIT_SYSTEM, "byte %" PRIu64 ": nobody "
		    "reads it any more", g->merge.out.offset);
	for (i = 0; i < g->lanes; i++) {
		if (g->lane[i].fd == -1 || g->poll[2 + i].revents == 0)
			continue;
		inlet_flush(&g->lane[i]);
		if (g->poll[2 + i].revents != POLLOUT &&
		    collect_read(g, &g->lane[i], f) == -1)
			return -1;
	}
	if (g->poll[0].revents != 0)
		collect_let_in(g);
	return g->merge.place == NULL ? 0 : merge_write(&g->merge, f);
}

/* One that comes when all is over: it is not of this stream; or of one that
 * was not even begun. */
static void
meet(const struct collecting *g, struct inlet *l, int status)
{
	struct fault none;

	if (inlet_header(l, &none) == -1 || (g->known &&
	    memcmp(g->header.set, l->header.set, PART_SET_SIZE) == 0))
		return;
	inlet_tell(l, REPLY_GIVEN_UP,
	    (uint32_t)(g->known ? EXIT_REFUSED : status), &g->merge);
	l->known = false;
}

/* Whatever comes now is of no use. */
static bool
ended(const struct collecting *g, struct inlet *l, int status)
{
	struct fault gone;
	int result;

	do {
		inlet_flush(l);
		result = intake_next(&l->in, &gone);
		if (result == INTAKE_RECORD && !l->known &&
		    l->told.kind == 0)
			meet(g, l, status);
	} while (result == INTAKE_RECORD);
	return result != INTAKE_WAIT;
}

/* How it ended, unless it knows; a reply that is half out goes out before. */
static void
say_end(const struct collecting *g, struct inlet *l, unsigned kind, int status)
{
	if (l->known && l->told.kind != kind)
		inlet_tell(l, kind, (uint32_t)status, &g->merge);
}

/* Every lane hears how it ended; they end then, or are left. */
static void
say_all(struct collecting *g, unsigned kind, int status)
{
	uint64_t now = now_ms(), end = now + LINGER_MS;
	struct inlet *l;
	bool is_over;
	unsigned i;

	do {
		for (i = 0; i < g->lanes; i++) {
			l = &g->lane[i];
			if (l->fd == -1)
				continue;
			say_end(g, l, kind, status);
			is_over = ended(g, l, status);
			say_end(g, l, kind, status);
			if (is_over)
				inlet_close(l);
		}
		if (look(g) == 0)
			break;
		g->poll[0].fd = g->poll[1].fd = -1;
		poll(g->poll, 2 + g->lanes, (int)(end - now));
	} while ((now = now_ms()) < end);
	for (i = 0; i < g->lanes; i++)
		inlet_close(&g->lane[i]);
}

static int
prepare(struct collecting *g, struct fault *f)
{
	unsigned i;

	g->lanes = 2 * g->c->lanes;
	g->lane = calloc(g->lanes, sizeof(*g->lane));
	g->poll = calloc(2 + g->lanes, sizeof(*g->poll));
	if (g->lane == NULL || g->poll == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < g->lanes; i++)
		g->lane[i].fd = -1;
	signal(SIGPIPE, SIG_IGN);
	outlet_open(&g->merge.out, g->c->out);
	if (door_open(&g->door, g->c->path, f) == -1)
		return -1;
	stop_does(door_remove, &g->door);
	g->seen = now_ms();
	return 0;
}

/* Of a stream with checkpoints all counts that came before it was cut. */
static int
report(struct collecting *g, int result, struct fault *f)
{
	struct collect *c = g->c;

	c->chunks = g->merge.next;
	c->payload = g->merge.payload;
	c->again = g->merge.again;
	c->checkpoints = g->merge.checkpoints;
	if (result == -1 && f->status == EXIT_MALFORMED && c->checkpoints > 0)
		fault_hint(f, "%" PRIu64 " complete checkpoints came out of it",
		    c->checkpoints);
	return result;
}

int
collect_run(struct collect *c, struct fault *f)
{
	struct collecting g = { .c = c, .door = { .fd = -1, .dir = -1 } };
	struct fault none;
	int result;

	if (prepare(&g, f) == -1)
		return -1;
	result = sandbox_enter(&(struct sandbox){ .talks = true,
	    .listens = true, .file = c->path }, f);
	while (result == 0 && !merge_ended(&g.merge))
		result = turn(&g, f);
	if (result == 0)
		result = outlet_close(&g.merge.out, f);
	else
		outlet_close(&g.merge.out, &none);
	stop_does(NULL, NULL);
	door_remove(&g.door);
	collect_let_in(&g);
	close(g.door.fd);
	say_all(&g, result == 0 ? REPLY_DONE : REPLY_GIVEN_UP,
	    result == 0 ? EXIT_DONE : f->status);
	result = report(&g, result, f);
	merge_close(&g.merge);
	free(g.lane);
	free(g.poll);
	return result;
}
