/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "errand.h"
#include "outcome.h"
#include "receipt.h"
#include "settle.h"

static int
take_back(const struct emit *e, bool resume, struct guest *g, struct lock *l,
    struct fault *f)
{
	enum move_event event = resume ? MOVE_RESUME : MOVE_DESTROY;
	struct note note;

	if (e->force)
		event = resume ? MOVE_RESUME_FORCED : MOVE_DESTROY_FORCED;
	if (settle_find(g, e->domain, l, &note, f) == -1 ||
	    settle_step(g, &note, event, false, f) == -1)
		return -1;
	if (e->verbose)
		fault_tell(e->tool, "domain %s %s", guest_label(g),
		    resume ? "runs again" : "is destroyed");
	return 0;
}

static int
settle(struct guest *g, struct lock *l, struct fault *f)
{
	enum move_event event;
	struct receipt receipt;
	struct grant grant;
	struct note note;

	if (receipt_read(&receipt, f) == -1 ||
	    settle_receipt(g, &receipt, l, &note, &event, f) == -1 ||
	    settle_step(g, &note, event, false, f) == -1)
		return -1;
	if (event == MOVE_RUNNING)
		return outcome_print(&note, OUTCOME_MOVED, f);
	if (event == MOVE_FAILED) {
		if (outcome_print(&note, OUTCOME_RESUMED, f) == -1)
			return -1;
		/* What waits for the guest to have moved shall not go on. */
		return fault_set(f, EXIT_REFUSED, "domain %s was not moved: "
		    "it runs here again", guest_label(g));
	}
	memcpy(grant.move, note.move, sizeof(grant.move));
	memcpy(grant.digest, note.digest, sizeof(grant.digest));
	return grant_print(&grant, f);
}

int
errand_run(const struct emit *e, enum errand errand, struct fault *f)
{
	/* The pipe's xc-emit may be about to end when its receipt comes. */
	struct lock l = { .fd = -1, .patient = errand == SETTLE };
	struct guest *g;
	struct news news;
	int result;

	if (errand == STATE)
		return note_tell(e->domain, f);
	if ((g = guest_open(e->tool, e->verbose, f)) == NULL)
		return -1;
	if (errand == CHECK)
		result = saver_examine(g, e, &l, &news, f);
	else if (errand == SETTLE)
		result = settle(g, &l, f);
	else
		result = take_back(e, errand == RESUME, g, &l, f);
	guest_close(g);
	lock_drop(&l);
	return result;
}
