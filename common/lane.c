/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#include "lane.h"
#include "nowait.h"

#define GRACE_US	500000u	/* for a command to do what it is told */
#define FILL_US		500000u	/* that what is under way may take */
#define FLIGHTS_MIN	2u
#define US_PER_S	1000000u

int
lane_start(struct lane *l, struct parcel *first, uint64_t now,
    struct fault *f)
{
	if (command_talk(&l->command, l->text, f) == -1)
		return -1;
	nowait_set(l->command.fd);
	nowait_set(l->command.from);
	l->state = LANE_GREETING;
	l->out = first;
	first->refs++;
	l->written = l->heard = 0;
	l->sent = l->came = l->carried = l->rate = 0;
	l->latency = l->quickest = 0;
	l->pressed = 0;
	l->ending = l->deaf = false;
	l->heard_at = now;
	return 0;
}

void
lane_close(struct lane *l, const struct fault *why, uint64_t now)
{
	parcel_free(l->out);
	l->out = NULL;
	command_close(&l->command);
	l->state = LANE_CLOSING;
	l->why = *why;
	l->at = now + GRACE_US;
}

void
lane_deafen(struct lane *l, uint64_t now)
{
	parcel_free(l->out);
	l->out = NULL;
	command_end_input(&l->command);
	l->deaf = true;
	l->at = now + GRACE_US;
}

/* How it ended; what it was closed for matters more than that it was killed. */
static void
explain(const struct lane *l, int status, struct fault *f)
{
	*f = l->why;
	if ((f->status != EXIT_SYSTEM && f->status != EXIT_DONE) ||
	    l->pressed > 0)
		return;
	if (WIFSIGNALED(status))
		fault_set(f, EXIT_SYSTEM, "the command was killed by signal "
		    "%d", WTERMSIG(status));
	else if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		fault_set(f, EXIT_SYSTEM, "the command exited with %d",
		    WEXITSTATUS(status));
}

bool
lane_reap(struct lane *l, uint64_t now, struct fault *f)
{
	int status;

	if (command_over(&l->command, &status)) {
		l->state = LANE_DOWN;
		explain(l, status, f);
		return true;
	}
	if (now >= l->at) {
		command_kill(&l->command, l->pressed++ == 0 ? SIGTERM :
		    SIGKILL);
		l->at = now + GRACE_US;
	}
	return false;
}

/* Bytes that are under way. */
static uint64_t
under_way(const struct lane *l)
{
	uint64_t bytes = 0, n;

	for (n = l->came; n < l->sent; n++)
		bytes += l->flight[n % LANE_FLIGHTS].size;
	return bytes;
}

bool
lane_has_room(const struct lane *l)
{
	uint64_t fill = 2 * l->latency / 3;

	if (l->state != LANE_OPEN || l->out != NULL || l->ending || l->deaf ||
	    l->sent - l->came == LANE_FLIGHTS)
		return false;
	if (fill < FILL_US)
		fill = FILL_US;
	return l->sent - l->came < FLIGHTS_MIN ||
	    under_way(l) < l->rate / 1000 * (fill / 1000);
}

uint64_t
lane_eta(const struct lane *l, size_t size)
{
	return l->rate == 0 ? 0 : (under_way(l) + size) * US_PER_S / l->rate;
}

void
lane_give(struct lane *l, struct parcel *p, uint64_t number, uint64_t now)
{
	l->flight[l->sent++ % LANE_FLIGHTS] = (struct flight){
		.number = number, .size = p->size, .since = now,
		.carried = l->carried,
	};
	l->out = p;
	l->written = 0;
}

bool
lane_flies(const struct lane *l, uint64_t number)
{
	uint64_t n;

	for (n = l->came; n < l->sent; n++)
		if (l->flight[n % LANE_FLIGHTS].number == number)
			return true;
	return false;
}

int
lane_write(struct lane *l, struct fault *f)
{
	size_t put;

	if (l->out == NULL)
		return 0;
	if (nowait_write(l->command.fd, l->out->bytes + l->written,
	    l->out->size - l->written, &put, f) == -1)
		return -1;
	l->written += put;
	if (l->written == l->out->size) {
		parcel_free(l->out);
		l->out = NULL;
	}
	return 0;
}

int
lane_read(struct lane *l, const uint8_t set[PART_SET_SIZE],
    struct reply *r, struct fault *f)
{
	bool ended;
	size_t got;

	if (nowait_read(l->command.from, l->reply + l->heard,
	    REPLY_SIZE - l->heard, &got, &ended, f) == -1)
		return -1;
	if (ended)
		return fault_set(f, EXIT_SYSTEM, l->state == LANE_GREETING ?
		    "nobody answers there" : "it was cut");
	l->heard += got;
	if (reply_get(l->reply, l->heard, set, r, f) == -1)
		return -1;
	if (l->heard < REPLY_SIZE)
		return 0;
	l->heard = 0;
	return 1;
}

/* What the last one that came over says of the lane. */
static void
measure(struct lane *l, const struct flight *last, uint64_t now)
{
	uint64_t took = now - last->since + 1;
	uint64_t rate = (l->carried - last->carried) * US_PER_S / took;

	l->latency = l->latency == 0 ? took : (7 * l->latency + took) / 8;
	if (l->quickest == 0 || took < l->quickest)
		l->quickest = took;
	l->rate = rate > l->rate ? rate : (7 * l->rate + rate) / 8;
}

bool
lane_land(struct lane *l, uint64_t came, uint64_t now,
    void (*land)(void *ctx, uint64_t number), void *ctx)
{
	const struct flight *flight = NULL;

	if (came < l->came || came > l->sent)
		return false;
	for (; l->came < came; l->came++) {
		flight = &l->flight[l->came % LANE_FLIGHTS];
		l->carried += flight->size;
		l->chunks++;
		land(ctx, flight->number);
	}
	if (flight != NULL)
		measure(l, flight, now);
	return true;
}
