/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "lanes_work.h"
#include "now.h"
#include "nowait.h"
#include "upstream.h"

#define US_PER_S	UINT64_C(1000000)
#define LOOK_MS		20	/* at commands that are to end */
#define WATCH_MS	200	/* at lanes that may stand still */
#define READ_MAX	16	/* chunks of the filler in one turn */

/* 1 when all is over, 0, or -1 when it failed. */
static int
judge(struct engine *e, uint64_t now, struct fault *f)
{
	unsigned i, hopeless = 0, idle = 0;
	const struct lane *l;

	for (i = 0; i < e->l->count; i++) {
		l = &e->l->lane[i];
		hopeless += l->state == LANE_DOWN && l->hopeless;
		idle += l->state == LANE_OPEN && l->sent == l->came;
	}
	if (idle > 0)
		e->heard = now;
	if (e->finishing)
		return hopeless == e->l->count;
	if (hopeless == e->l->count)
		return fault_set(f, EXIT_SYSTEM, "all lanes are dead, %" PRIu64
		    " chunks were written there", e->spool.first);
	if (e->l->reconnect > 0 &&
	    now - e->heard > e->l->reconnect * US_PER_S)
		return fault_set(f, EXIT_SYSTEM, "no lane was heard of for %u "
		    "s, %" PRIu64 " chunks were written there",
		    e->l->reconnect, e->spool.first);
	if ((e->filler == WHOLE && e->done) || (e->filler == CUT &&
	    e->spool.first == e->spool.end)) {
		e->finishing = true;
		e->until = now;
	}
	return 0;
}

/* Chunks that the filler has, as far as they can be kept. */
static int
read_filler(struct engine *e, struct fault *f)
{
	int result = INTAKE_RECORD, n;

	for (n = 0; n < READ_MAX && !spool_full(&e->spool); n++) {
		if ((result = intake_next(&e->in, f)) != INTAKE_RECORD)
			break;
		if (e->in.rec.type == REC_END) {
			e->filler = WHOLE;
			return 0;
		}
		if (spool_add(&e->spool, &e->in.rec, f) == -1)
			return -1;
		e->l->chunks++;
		e->l->bytes += e->in.rec.length - PART_PAYLOAD_OFFSET;
	}
	if (result == INTAKE_END)
		e->filler = CUT;	/* it knows why */
	return result == -1 ? -1 : 0;
}

/* What came of a lane's descriptors. */
static int
serve(struct engine *e, struct lane *l, const struct pollfd p[2],
    uint64_t now, struct fault *f)
{
	struct fault why;
	int result = 0;

	if (l->state != LANE_GREETING && l->state != LANE_OPEN)
		return 0;
	if (p[1].revents != 0)
		result = lanes_hear(e, l, now, &why);
	if (result == 0 && p[0].revents != 0 && l->command.fd != -1 &&
	    (p[0].revents & (POLLERR | POLLHUP) ||
	    lane_write(l, &why) == -1))
		lane_deafen(l, now);
	if (result == 1)
		lanes_close(e, l, l->ending ? &lane_fine : &why, now);
	else if (l->ending && l->out == NULL)
		command_end_input(&l->command);
	if (result == -1)
		*f = why;
	return result == -1 ? -1 : 0;
}

/* What is waited for; ms, or -1. */
static int
look(const struct engine *e, uint64_t late, uint64_t now)
{
	int ms = late > 0 ? (int)(late / 1000 + 1) : -1;
	const struct lane *l;
	unsigned i;

	e->poll[0] = (struct pollfd){ .fd = e->filler == FILLING &&
		!spool_full(&e->spool) ? e->in.fd : -1, .events = POLLIN };
	for (i = 0; i < e->l->count; i++) {
		l = &e->l->lane[i];
		e->poll[1 + 2 * i] = (struct pollfd){ .fd = l->command.fd,
			.events = l->out != NULL ? POLLOUT : 0 };
		e->poll[2 + 2 * i] = (struct pollfd){
			.fd = l->command.from, .events = POLLIN };
		if ((l->state == LANE_CLOSING || l->deaf || e->finishing) &&
		    (ms == -1 || ms > LOOK_MS))
			ms = LOOK_MS;
		else if (e->l->reconnect > 0 && (ms == -1 || ms > WATCH_MS))
			ms = l->state == LANE_DOWN && l->at < now +
			    WATCH_MS * UINT64_C(1000) ? LOOK_MS : WATCH_MS;
	}
	return ms;
}

/* 1 when all is over, 0, or -1. */
static int
turn(struct engine *e, struct fault *f)
{
	uint64_t now = now_us(), late = 0;
	struct lane *l;
	int result;
	unsigned i;

	for (i = 0; i < e->l->count; i++) {
		if (lanes_tend(e, &e->l->lane[i], now, f) == -1)
			return -1;
		if (e->finishing)
			lanes_finish(e, &e->l->lane[i], now);
	}
	if ((result = judge(e, now, f)) != 0)
		return result;
	if (!e->finishing) {
		late = lanes_assign(e, now, &result, f);
		if (result == -1)
			return -1;
	}
	if (poll(e->poll, 1 + 2 * (nfds_t)e->l->count,
	    look(e, late, now)) == -1)
		return errno == EINTR ? 0 : fault_set(f, EXIT_SYSTEM,
		    "poll: %s", strerror(errno));
	now = now_us();
	for (i = 0; i < e->l->count; i++) {
		l = &e->l->lane[i];
		if (serve(e, l, &e->poll[1 + 2 * i], now, f) == -1)
			return -1;
	}
	return e->poll[0].revents != 0 ? read_filler(e, f) : 0;
}

static int
prepare(struct engine *e, struct fault *f)
{
	struct lanes *l = e->l;
	unsigned i;

	e->end = parcel_new(NULL, 0, &record_end, f);
	e->poll = calloc(1 + 2 * (size_t)l->count, sizeof(*e->poll));
	l->lane = calloc(l->count, sizeof(*l->lane));
	if (e->end == NULL || e->poll == NULL || l->lane == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < l->count; i++) {
		l->lane[i].text = l->command[i];
		l->lane[i].number = i;
		l->lane[i].command = (struct command){ .fd = -1, .from = -1 };
	}
	e->heard = now_us();
	return spool_open(&e->spool, l->spool, RECORD_HEADER_SIZE +
	    record_size(PART_PAYLOAD_OFFSET + LANES_CHUNK), f);
}

static int
run(struct engine *e, int fd, struct fault *f)
{
	int result;

	nowait_set(fd);
	intake_open(&e->in, fd);
	e->in.max = PART_PAYLOAD_OFFSET + LANES_CHUNK;
	while ((result = turn(e, f)) == 0)
		;
	lanes_end(e);
	if (result == 1 && e->filler == CUT)
		return fault_set(f, EXIT_SYSTEM, "the stream is not whole");
	return result == 1 ? 0 : -1;
}

int
lanes_run(struct lanes *l, struct fault *f)
{
	struct engine e = { .l = l, .header = { .lane = true,
		.chunk = LANES_CHUNK }, .in = { .fd = -1 } };
	struct upstream up;
	int result;

	if (sodium_init() == -1)
		return fault_set(f, EXIT_SYSTEM, "no random numbers");
	randombytes_buf(l->set, PART_SET_SIZE);
	memcpy(e.header.set, l->set, PART_SET_SIZE);
	signal(SIGPIPE, SIG_IGN);
	if (prepare(&e, f) == -1 || upstream_fork(&up, lanes_fill, l, f) == -1)
		return -1;
	result = upstream_end(&up, run(&e, up.fd, f), f);
	intake_close(&e.in);
	spool_close(&e.spool);
	parcel_free(e.end);
	free(e.poll);
	return result;
}

void
lanes_stop(const void *lanes)
{
	const struct lanes *l = lanes;
	unsigned i;

	for (i = 0; l->lane != NULL && i < l->count; i++)
		command_kill(&l->lane[i].command, SIGTERM);
}

void
lanes_free(struct lanes *l)
{
	free(l->lane);
	l->lane = NULL;
}
