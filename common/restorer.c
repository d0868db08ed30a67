/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "absorb.h"
#include "copy.h"
#include "guest.h"
#include "lock.h"
#include "receipt.h"
#include "standby.h"

/* What the restorer works on. */
struct work {
	struct pair *pair;
	struct guest *guest;
	struct config config;
	struct lock move, uuid;
	enum copy_state state;
	bool begun;		/* the move is this process' */
	bool aborted;		/* the opener gave up, and says why */
	struct standby standby;
	bool held;		/* the copy stands by, and does not run */
};

static struct receipt
receipt_of(const struct work *w, const struct summary *s)
{
	struct receipt r = {
		.result = RECEIPT_PAUSED, .domid = guest_domid(w->guest),
		.records = s->records, .pages = s->pages,
	};

	memcpy(r.move, w->config.move, sizeof(r.move));
	memcpy(r.uuid, w->config.uuid, sizeof(r.uuid));
	memcpy(r.name, w->config.name, sizeof(r.name));
	memcpy(r.digest, s->digest, sizeof(r.digest));
	return r;
}

/* Whether it is no move: the guest may come as often as one likes. */
static bool
is_copy(const struct config *c)
{
	return c->snapshot || c->from_xl;
}

static int
take_step(struct work *w, enum copy_event event, struct fault *f)
{
	return copy_take_step(w->guest, &w->state, event, w->config.move,
	    is_copy(&w->config), f);
}

/* Whether this move may come here, and its domain, which is made then, unless
 * xl makes it. */
static int
begin(struct work *w, const struct absorb *a, struct fault *f)
{
	const struct config *c = &w->config;
	enum copy_event event = a->force ? COPY_STREAM_FORCED : COPY_STREAM;
	struct receipt r;

	if (!is_copy(c) && (lock_take(&w->move, c->move, "the move", f) == -1
	    || copy_find(w->guest, c->move, &w->state, &r, f) == -1))
		return -1;
	if (copy_allows(w->state, event, c->move, f) == -1)
		return -1;
	w->begun = true;
	if (lock_take(&w->uuid, c->uuid, c->name, f) == -1 ||
	    guest_check_free(w->guest, c, f) == -1)
		return -1;
	/* From here on a domain with this uuid is this process' work. */
	pair_say(w->pair, MESSAGE_CREATING, NULL, 0);
	if (!c->in_xl && (guest_create(w->guest, c, f) == -1 ||
	    (!is_copy(c) && copy_begin(w->guest, c->move, f) == -1)))
		return -1;
	return take_step(w, event, f);
}

/* The domain from the image, by xl or without. */
static int
fill(struct work *w, const struct absorb *a, struct fault *f)
{
	int in = w->pair->stream;

	if (w->config.in_xl)
		return guest_restore_by_xl(w->guest, &w->config,
		    a->config_file, in, f);
	return guest_restore(w->guest, &w->config, in,
	    a->standby ? standby_checkpoint : NULL, &w->standby, f);
}

/* The copy is whole: what becomes of it, and its receipt. */
static int
keep(struct work *w, struct receipt *r, bool unpause, struct fault *f)
{
	if (copy_end(w->guest, &w->state, r, is_copy(&w->config), f) == -1)
		return -1;
	if (unpause) {
		if (take_step(w, COPY_UNPAUSE, f) == -1)
			return -1;
		r->result = RECEIPT_RUNNING;
	}
	if (receipt_print(r, f) == 0)
		return 0;
	return fault_set(f, EXIT_SYSTEM, "the receipt of domain %s could not "
	    "be written", guest_label(w->guest));
}

/* Whether the copy may take its guest's place; why not is said. */
static bool
may_take_over(const struct work *w, const struct absorb *a)
{
	struct fault f;

	if (a->takeover)
		return true;
	if (a->fence == NULL)
		return false;
	if (standby_fence(a->fence, w->guest, &w->config, &f) == 0)
		return true;
	fault_print(a->tool, &f);
	return false;
}

/* No more checkpoints come. */
static int
end_standby(struct work *w, const struct absorb *a, struct fault *f)
{
	const struct standby *s = &w->standby;
	struct receipt r = receipt_of(w, &s->last);
	struct fault why;

	switch (standby_end(&w->standby, &why)) {
	case STANDBY_STOPPED:
		w->aborted = true;
		return -1;
	case STANDBY_STAYS:
		if (!a->quiet)
			fault_tell(a->tool, "its source keeps '%s': the copy "
			    "is removed, after %" PRIu64 " checkpoints",
			    w->config.name, s->checkpoints);
		return take_step(w, COPY_BROKE, f);
	case STANDBY_BROKEN:
		break;
	}
	fault_print(a->tool, &why);
	fault_tell(a->tool, "domain %s is whole, as of checkpoint %" PRIu64,
	    guest_label(w->guest), s->checkpoints);
	w->held = !may_take_over(w, a);
	if (w->held)
		fault_tell(a->tool, "hint: it is paused; when its source does "
		    "not run any more: xl unpause %" PRIu32,
		    guest_domid(w->guest));
	return keep(w, &r, !w->held, f);
}

/* Create, fill, keep.  0, or -1 with *f set. */
static int
restore(struct work *w, const struct absorb *a, struct fault *f)
{
	const struct config *c = &w->config;
	struct receipt r;
	struct summary s;
	enum message said;

	if (begin(w, a, f) == -1 || fill(w, a, f) == -1)
		return -1;
	if (a->standby)
		return end_standby(w, a, f);
	/* END is only sent after the summary: without it, all is void. */
	if ((said = pair_hear(w->pair, &s, sizeof(s))) != MESSAGE_SUMMARY) {
		w->aborted = said == MESSAGE_ABORT;
		return fault_set(f, EXIT_SYSTEM, "the opener is gone");
	}
	if (summary_trust(&s, f) == -1)
		return -1;
	r = receipt_of(w, &s);
	return keep(w, &r, !a->pause && (!c->snapshot || a->unpause), f);
}

/* Says that nothing of this move is here, and nothing will come of it. */
static void
tell_failed(const struct config *c)
{
	struct receipt r = { .result = RECEIPT_FAILED };
	struct fault f;

	memcpy(r.move, c->move, sizeof(r.move));
	receipt_print(&r, &f);	/* the exit status tells it too */
}

/* Says how a move is settled whose copy is whole, but has no receipt. */
static void
tell_kept(struct guest *g, const struct config *c, const struct absorb *a)
{
	char id[2 * MOVE_SIZE + 1];

	hex_print(c->move, MOVE_SIZE, id);
	fault_tell(a->tool, "domain %s is whole and is kept",
	    guest_label(g));
	fault_tell(a->tool, "hint: xc-absorb --state %s prints its receipt, "
	    "which settles the move at its source", id);
}

/* After a failure: what was made goes, unless it is whole. */
static int
give_up(struct work *w, const struct absorb *a, struct fault *f)
{
	struct fault late;

	if (w->begun && take_step(w, COPY_BROKE, &late) == -1) {
		fault_print(a->tool, f);
		fault_print(a->tool, &late);
		return late.status;
	}
	if (w->state == COPY_PAUSED || w->state == COPY_RUNNING)
		tell_kept(w->guest, &w->config, a);
	if (w->begun && w->state == COPY_REFUSED && !is_copy(&w->config))
		tell_failed(&w->config);
	if (w->aborted || pair_heard(w->pair, MESSAGE_ABORT))
		return EXIT_DONE;	/* the opener says why */
	if (standby_broke(&w->standby))
		(void)standby_end(&w->standby, f);
	fault_print(a->tool, f);
	return f->status;
}

int
restorer_run(struct pair *p, const struct absorb *a)
{
	struct work w = {
		.pair = p, .move.fd = -1, .uuid.fd = -1, .state = COPY_NONE,
		.standby.pair = p,
	};
	struct fault f;
	int status = EXIT_DONE;

	if (pair_leave(STDIN_FILENO, &f) == -1) {
		fault_print(a->tool, &f);
		return f.status;
	}
	if (pair_hear(p, &w.config, sizeof(w.config)) != MESSAGE_CONFIG)
		return EXIT_DONE;	/* the opener says why */
	if (config_trust(&w.config, &f) == -1) {
		fault_print(a->tool, &f);
		return f.status;
	}
	if (w.config.in_xl && a->no_xl)
		return EXIT_REFUSED;	/* the opener did not say so */
	pair_say(p, MESSAGE_CONFIG, &w.config, sizeof(w.config));
	if ((w.guest = guest_open(a->tool, a->verbose, &f)) == NULL) {
		fault_print(a->tool, &f);
		return f.status;
	}
	if (restore(&w, a, &f) == -1)
		status = give_up(&w, a, &f);
	else if (w.held)
		status = EXIT_MALFORMED;
	guest_close(w.guest);
	lock_drop(&w.uuid);
	lock_drop(&w.move);
	return status;
}

/*
 * The restorer was killed after it began to make the domain, which has the
 * guest's uuid then: it goes, unless its mark says that it is whole.
 */
static void
clean_up(struct guest *g, const struct config *c, const struct absorb *a)
{
	enum copy_state state;
	struct receipt r;
	struct fault f;

	if (copy_of(g, c, &state, &r, &f) == -1 ||
	    copy_take_step(g, &state, COPY_BROKE, c->move, is_copy(c), &f)
	    == -1) {
		fault_print(a->tool, &f);
		return;
	}
	if (state == COPY_PAUSED || state == COPY_RUNNING)
		tell_kept(g, c, a);
	else if (state == COPY_REFUSED && !is_copy(c))
		tell_failed(c);
}

/*
 * The restorer was killed.  Its locks are taken over, so that nobody else
 * looks at what is being removed, and dropped with their files.
 */
int
restorer_killed(struct pair *p, const struct absorb *a)
{
	struct lock move = { .fd = -1 }, uuid = { .fd = -1 };
	struct guest *g = NULL;
	struct config c;
	struct fault f;

	fault_tell(a->tool, "the restorer was killed");
	if (pair_hear(p, &c, sizeof(c)) != MESSAGE_CONFIG)
		return EXIT_SYSTEM;	/* it had done nothing yet */
	if (lock_take(&move, c.move, "the move", &f) == -1 ||
	    lock_take(&uuid, c.uuid, c.name, &f) == -1 ||
	    (g = guest_open(a->tool, a->verbose, &f)) == NULL)
		fault_print(a->tool, &f);
	else if (pair_hear(p, NULL, 0) == MESSAGE_CREATING)
		clean_up(g, &c, a);
	guest_close(g);
	lock_drop(&uuid);
	lock_drop(&move);
	return EXIT_SYSTEM;
}
