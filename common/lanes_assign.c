/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which chunk goes over which lane.  New ones go to the lane that is expected
 * to have them over first.  When there is none that may go, the oldest that is
 * late goes over a lane that has nothing to do, too: so a lane that stands
 * still is waited for by nobody.
 */
#include "lanes_work.h"

#define LATE_US		50000u	/* at the least */

/* Chunks that may go out end here. */
static uint64_t
limit(const struct engine *e)
{
	uint64_t end = e->spool.first + e->window;

	return end < e->spool.end ? end : e->spool.end;
}

/* Whether there is a chunk to send: it is e->next. */
static bool
find(struct engine *e)
{
	const struct spooled *s;

	if (e->next < e->spool.first)
		e->next = e->spool.first;
	for (; e->next < limit(e); e->next++) {
		s = spool_at(&e->spool, e->next);
		if (!s->came && s->flying == 0)
			return true;
	}
	return false;
}

static struct lane *
best(const struct engine *e, size_t size)
{
	struct lane *lane = NULL, *l;
	uint64_t eta, least = 0;
	unsigned i;

	for (i = 0; i < e->l->count; i++) {
		l = &e->l->lane[i];
		if (!lane_has_room(l))
			continue;
		eta = lane_eta(l, size);
		if (lane == NULL || eta < least) {
			lane = l;
			least = eta;
		}
	}
	return lane;
}

static int
give(struct engine *e, struct lane *l, uint64_t number, uint64_t now,
    struct fault *f)
{
	struct spooled *s = spool_at(&e->spool, number);
	struct parcel *p = spool_take(&e->spool, number, f);

	if (p == NULL)
		return -1;
	e->l->again += s->given != 0;
	s->given = now;
	s->flying++;
	lane_give(l, p, number, now);
	return 0;
}

/*
 * The oldest chunk that did not come, and that this lane, which has nothing to
 * do, would have had over by now.  *wait: us until it is late, where it is not.
 */
static int
help(struct engine *e, struct lane *l, uint64_t now, uint64_t *wait,
    struct fault *f)
{
	/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): it is in an array */
	uint64_t late = 2 * l->quickest, n, age;
	const struct spooled *s;

	if (!lane_has_room(l) || l->sent != l->came)
		return 0;
	late = late < LATE_US ? LATE_US : late;
	for (n = e->spool.first; n < limit(e); n++) {
		s = spool_at(&e->spool, n);
		if (s->came || lane_flies(l, n))
			continue;
		age = now - s->given;
		if (age >= late)
			return give(e, l, n, now, f);
		if (*wait == 0 || late - age < *wait)
			*wait = late - age;
		return 0;
	}
	return 0;
}

uint64_t
lanes_assign(struct engine *e, uint64_t now, int *result, struct fault *f)
{
	uint64_t wait = 0;
	struct lane *l;
	unsigned i;

	*result = 0;
	while (*result == 0 && find(e) &&
	    (l = best(e, spool_at(&e->spool, e->next)->size)) != NULL) {
		*result = give(e, l, e->next, now, f);
		/* What fits goes at once, so that there may be room again. */
		if (*result == 0 && lane_write(l, f) == -1)
			break;
	}
	for (i = 0; *result == 0 && i < e->l->count; i++)
		*result = help(e, &e->l->lane[i], now, &wait, f);
	return wait;
}

void
lanes_lose(struct engine *e, const struct lane *l)
{
	uint64_t n, number;
	struct spooled *s;

	for (n = l->came; n < l->sent; n++) {
		number = l->flight[n % LANE_FLIGHTS].number;
		if (number < e->spool.first)
			continue;	/* it was written meanwhile */
		s = spool_at(&e->spool, number);
		s->flying--;
		if (number < e->next)
			e->next = number;
	}
}
