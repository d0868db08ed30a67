/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The life of a lane: begun, ended, begun again.
 */
#include <inttypes.h>
#include <stdio.h>

#include "container.h"
#include "lanes_work.h"
#include "now.h"

#define US_PER_S	UINT64_C(1000000)
#define BACKOFF_MIN	100u	/* ms */
#define BACKOFF_MAX	2000u
#define LOOK_MS		20	/* at commands that are to end */
#define IDLE_US		500000u	/* for a lane to have nothing to do, at last */
#define FINISH_US	2000000u	/* for its command to exit */

const struct fault lane_fine = { .status = EXIT_DONE };

void
lanes_close(struct engine *e, struct lane *l, const struct fault *why,
    uint64_t now)
{
	lanes_lose(e, l);
	l->hopeless = l->state == LANE_GREETING &&
	    (why->status == EXIT_MALFORMED || why->status == EXIT_REFUSED);
	l->sent = l->came;
	lane_close(l, why, now);
}

static void
tell(const struct engine *e, const struct lane *l, struct fault *f)
{
	char which[] = "lane 4294967295";

	if (f->status == EXIT_DONE || e->l->news == NULL)
		return;
	snprintf(which, sizeof(which), "lane %" PRIu32, l->number);
	fault_within(f, which);
	e->l->news(f);
}

static int
start(struct engine *e, struct lane *l, uint64_t now, struct fault *f)
{
	struct record rec = { 0 };
	struct parcel *first = NULL;
	int result = -1;

	e->header.number = l->number;
	if (part_header_put(&e->header, &rec, f) == 0)
		first = parcel_new(container_image, IMAGE_HEADERS_SIZE, &rec,
		    f);
	if (first != NULL)
		result = lane_start(l, first, now, f);
	parcel_free(first);
	record_free(&rec);
	return result;
}

/* A lane that has ended: will it be started again? */
static void
after_end(struct engine *e, struct lane *l, uint64_t now)
{
	l->hopeless |= e->l->reconnect == 0;
	l->backoff = l->backoff == 0 ? BACKOFF_MIN :
	    2 * l->backoff > BACKOFF_MAX ? BACKOFF_MAX : 2 * l->backoff;
	l->at = now + l->backoff * UINT64_C(1000);
}

/* Whether it has something to do, and says nothing. */
static bool
stands_still(const struct engine *e, const struct lane *l, uint64_t now)
{
	uint64_t since = l->heard_at;

	/* There has to be time for another try. */
	if (e->l->reconnect == 0 || (l->state != LANE_GREETING &&
	    (l->state != LANE_OPEN || l->sent == l->came)))
		return false;
	if (l->sent != l->came &&
	    l->flight[l->came % LANE_FLIGHTS].since > since)
		since = l->flight[l->came % LANE_FLIGHTS].since;
	return now - since > e->l->reconnect * US_PER_S / 2;
}

int
lanes_tend(struct engine *e, struct lane *l, uint64_t now, struct fault *f)
{
	struct fault why;

	if (l->state == LANE_CLOSING && lane_reap(l, now, &why)) {
		tell(e, l, &why);
		after_end(e, l, now);
	}
	if (l->deaf && (l->state == LANE_OPEN || l->state == LANE_GREETING) &&
	    now >= l->at) {
		fault_set(&why, EXIT_SYSTEM,
		    "the command does not take any more");
		lanes_close(e, l, l->ending ? &lane_fine : &why, now);
	}
	if (stands_still(e, l, now)) {
		fault_set(&why, EXIT_MALFORMED, "it stands still");
		lanes_close(e, l, &why, now);
		l->hopeless = false;
		l->at = now;	/* it is not to be expected to exit */
	}
	if (l->state == LANE_DOWN && !l->hopeless && !e->finishing &&
	    now >= l->at)
		return start(e, l, now, f);
	return 0;
}

void
lanes_finish(struct engine *e, struct lane *l, uint64_t now)
{
	if (l->state == LANE_OPEN && !l->ending && l->out == NULL &&
	    l->sent == l->came) {
		l->ending = true;
		l->out = e->end;
		l->out->refs++;
		l->written = 0;
	} else if (l->state == LANE_GREETING || (l->state == LANE_OPEN &&
	    now >= e->until + (l->ending ? FINISH_US : IDLE_US))) {
		lanes_close(e, l, &lane_fine, now);
		l->at = now;
	} else if (l->state == LANE_DOWN) {
		l->hopeless = true;
	}
}

void
lanes_end(struct engine *e)
{
	unsigned i, left;
	struct fault none;

	do {
		for (i = left = 0; i < e->l->count; i++) {
			struct lane *l = &e->l->lane[i];

			if (l->state == LANE_OPEN || l->state == LANE_GREETING) {
				lane_close(l, &lane_fine, now_us());
				l->at = 0;
			}
			left += l->state == LANE_CLOSING &&
			    !lane_reap(l, now_us(), &none);
		}
		if (left > 0)
			poll(NULL, 0, LOOK_MS);
	} while (left > 0);
}
