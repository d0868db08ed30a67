/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "lanes_work.h"

static void
land(void *engine, uint64_t number)
{
	struct engine *e = engine;
	struct spooled *s;

	if (number < e->spool.first)
		return;		/* it was written meanwhile */
	s = spool_at(&e->spool, number);
	s->flying--;
	s->came = true;
}

static int
senseless(const struct reply *r, struct fault *f)
{
	fault_set(f, EXIT_MALFORMED, "it answers what makes no sense: %u, %"
	    PRIu32 ", %" PRIu64 " chunks written, %" PRIu64 " came", r->kind,
	    r->value, r->written, r->came);
	return 1;
}

/* The collector ended it: for all lanes. */
static int
given_up(const struct engine *e, const struct reply *r, struct fault *f)
{
	if (e->finishing)
		return 0;
	if (r->value == EXIT_REFUSED) {
		fault_set(f, EXIT_REFUSED, "the collector there does not take "
		    "this stream: it collects another one, or takes fewer lanes");
		return -1;
	}
	return fault_set(f, r->value == EXIT_MALFORMED ? EXIT_MALFORMED :
	    EXIT_SYSTEM, "the collector there gave up, with status %" PRIu32,
	    r->value);
}

static int
greeted(struct engine *e, struct lane *l, const struct reply *r)
{
	if (r->value == 0 || l->state != LANE_GREETING)
		return -1;
	e->window = r->value;
	l->state = LANE_OPEN;
	l->backoff = 0;
	return 0;
}

static int
obey(struct engine *e, struct lane *l, const struct reply *r, uint64_t now,
    struct fault *f)
{
	if (r->kind == REPLY_GIVEN_UP)
		return given_up(e, r, f);
	if (r->kind == REPLY_DROPPED) {
		fault_set(f, EXIT_INTEGRITY, "the collector there dropped it: "
		    "what came was damaged");
		return 1;
	}
	/* One that comes late may hear at once that all is done. */
	if (r->kind == REPLY_HELLO ? greeted(e, l, r) == -1 :
	    l->state == LANE_GREETING && r->kind != REPLY_DONE)
		return senseless(r, f);
	if (r->written > e->spool.end || !lane_land(l, r->came, now, land, e))
		return senseless(r, f);
	spool_drop(&e->spool, r->written);
	if (r->kind == REPLY_DONE && r->written != e->spool.end)
		return senseless(r, f);
	e->done |= r->kind == REPLY_DONE;
	return 0;
}

int
lanes_hear(struct engine *e, struct lane *l, uint64_t now, struct fault *f)
{
	struct reply r;
	int result;

	while ((result = lane_read(l, e->header.set, &r, f)) == 1) {
		l->heard_at = e->heard = now;
		result = obey(e, l, &r, now, f);
		if (result != 0)
			return result;
	}
	return result == 0 ? 0 : 1;
}
