/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "settle.h"

/* Whether the domain is as it was when END was begun. */
static bool
unchanged(struct guest *g, const struct note *n)
{
	return (guest_suspended(g) || (n->by_xl && guest_paused(g))) &&
	    guest_cpu(g) == n->cpu;
}

int
settle_find(struct guest *g, const char *domain, struct lock *l,
    struct note *n, struct fault *f)
{
	int there;

	if (guest_find(g, domain, f) == -1 ||
	    lock_take(l, guest_uuid(g), guest_label(g), f) == -1)
		return -1;
	there = note_of_domain(guest_uuid(g), guest_domid(g), n, f);
	if (there == 1 && n->state != MOVE_SAVING && !unchanged(g, n)) {
		note_remove(n);
		there = 0;
	}
	if (there == 0)
		*n = (struct note){ .state = MOVE_NONE };
	return there == -1 ? -1 : 0;
}

/* Tells what the table's answer means for somebody who asked for it. */
static int
decline(struct guest *g, const struct note *n, enum move_event event,
    const char *why, struct fault *f)
{
	fault_set(f, EXIT_REFUSED, "domain %s: %s", guest_label(g), why);
	if (n->state == MOVE_SENT && event == MOVE_RESUME)
		return fault_hint(f, "only if no copy runs: xc-emit --resume "
		    "-f %" PRIu32, guest_domid(g));
	if (n->state == MOVE_SENT && event == MOVE_EMIT)
		return fault_hint(f, "only if no copy runs: -f sends it "
		    "again");
	if (n->state == MOVE_SAVING && event == MOVE_DESTROY)
		return fault_hint(f, "xc-emit --resume %" PRIu32 " lets it "
		    "run again", guest_domid(g));
	if (n->state == MOVE_NONE && event == MOVE_RESUME)
		return fault_hint(f, "-f resumes a domain that was not "
		    "suspended by xc-emit");
	if (n->state == MOVE_NONE && event == MOVE_DESTROY)
		return fault_hint(f, "-f destroys a domain that was not "
		    "suspended by xc-emit");
	return -1;
}

int
settle_allows(struct guest *g, const struct note *n, enum move_event event,
    struct fault *f)
{
	const struct move_step *step = move_step(n->state, event);

	if (step->act != MOVE_DECLINE)
		return 0;
	return decline(g, n, event, step->why, f);
}

/* To `state`, on disk before it is so. */
static int
write_down(struct note *n, enum move_state state, struct fault *f)
{
	struct note next = *n;

	next.state = state;
	if (state != n->state && note_write(&next, f) == -1)
		return -1;
	*n = next;
	return 0;
}

/* Whether the act can be done at all, before anything says so. */
static int
check_act(struct guest *g, const struct note *n, enum move_act act,
    bool there, struct fault *f)
{
	if (act == MOVE_TAKE_BACK && !there)
		return fault_set(f, EXIT_SYSTEM, "domain %s is gone",
		    guest_label(g));
	if (act == MOVE_TAKE_BACK && n->state == MOVE_NONE &&
	    !guest_suspended(g))
		return fault_set(f, EXIT_REFUSED,
		    "domain %s is not suspended", guest_label(g));
	if ((act == MOVE_REMOVE || act == MOVE_GRANT) && there)
		return guest_check_destroy(g, n->by_xl, f);
	return 0;
}

int
settle_step(struct guest *g, struct note *n, enum move_event event,
    bool pause, struct fault *f)
{
	const struct move_step *step = move_step(n->state, event);
	int there = guest_at(g, guest_domid(g), guest_uuid(g));
	bool noted = n->state != MOVE_NONE;

	if (settle_allows(g, n, event, f) == -1)
		return -1;
	if (there == -1)
		return fault_set(f, EXIT_SYSTEM,
		    "Xen does not tell of domain %s", guest_label(g));
	if (check_act(g, n, step->act, there, f) == -1) {
		if (noted && !there)
			note_remove(n);
		return -1;
	}
	if (noted && write_down(n, step->first, f) == -1)
		return -1;
	if (step->act == MOVE_TAKE_BACK &&
	    guest_take_back(g, pause, n->by_xl, f) == -1)
		return -1;
	if ((step->act == MOVE_REMOVE || step->act == MOVE_GRANT) && there &&
	    guest_destroy(g, f) == -1)
		return -1;
	if (noted && step->last == MOVE_NONE)
		note_remove(n);
	n->state = step->last;
	return 0;
}

void
settle_broke(const char *tool, struct guest *g, struct note *n, bool quiet)
{
	struct fault f;

	if (guest_at(g, (uint32_t)n->domid, n->uuid) == 0) {
		note_remove(n);
		fault_tell(tool, "domain %" PRIu64 " (%s) is gone", n->domid,
		    n->name);
	} else if (settle_step(g, n, MOVE_BROKE, false, &f) == -1) {
		fault_print(tool, &f);
	} else if (!quiet) {
		fault_tell(tool, "domain %s was not taken: it stays here",
		    guest_label(g));
	}
}

void
settle_tell_sent(const char *tool, const struct note *n, bool done)
{
	char id[2 * MOVE_SIZE + 1];

	fault_tell(tool, "domain %" PRIu64 " (%s) %s %s%s", n->domid, n->name,
	    done ? "is" : "stays", n->by_xl ? "paused" : "suspended",
	    done ? "" : ": END may have left, so a copy may run");
	hex_print(n->move, MOVE_SIZE, id);
	fault_tell(tool, "hint: its receipt decides: xc-emit --settle < "
	    "RECEIPT; without one, on the destination: xc-absorb --state %s",
	    id);
	fault_tell(tool, "hint: a copy runs: xc-emit --destroy %" PRIu64 "; "
	    "none runs and none will: xc-emit --resume -f %" PRIu64,
	    n->domid, n->domid);
}

/* A receipt's result as an event; EXIT_REFUSED when it settles nothing. */
static int
event_of(const struct receipt *r, enum move_event *event, struct fault *f)
{
	char id[2 * MOVE_SIZE + 1];

	hex_print(r->move, MOVE_SIZE, id);
	switch (r->result) {
	case RECEIPT_RUNNING:
		*event = MOVE_RUNNING;
		return 0;
	case RECEIPT_PAUSED:
		*event = MOVE_PAUSED;
		return 0;
	case RECEIPT_FAILED:
		*event = MOVE_FAILED;
		return 0;
	case RECEIPT_ABSORBING:
		fault_set(f, EXIT_REFUSED, "the copy is still being made");
		return fault_hint(f, "ask again later: xc-absorb --state %s",
		    id);
	case RECEIPT_GONE:
		fault_set(f, EXIT_REFUSED, "a whole copy was at the "
		    "destination, and is not any more");
		return fault_hint(f, "if it ran: xc-emit --destroy; if it "
		    "never did: xc-emit --resume -f");
	case RECEIPT_BROKEN:
	case RECEIPT_UNKNOWN:
		break;
	}
	fault_set(f, EXIT_REFUSED, "the destination has no whole copy, but "
	    "one may come");
	return fault_hint(f, "on the destination: xc-absorb --refuse %s makes "
	    "sure that none does, and prints a receipt that settles it", id);
}

/* The note of the receipt's move, under its lock. */
static int
find_note(const struct receipt *r, struct lock *l, struct note *n,
    struct fault *f)
{
	char id[2 * MOVE_SIZE + 1];
	int there;

	hex_print(r->move, MOVE_SIZE, id);
	there = note_of_move(r->move, n, f);
	if (there == 1) {
		if (lock_take(l, n->uuid, n->name, f) == -1)
			return -1;
		there = note_of_move(r->move, n, f);
	}
	if (there == 0)
		fault_set(f, EXIT_REFUSED, "no move %s is to be settled "
		    "here: it was settled already, given up, or is another "
		    "host's", id);
	return there == 1 ? 0 : -1;
}

int
settle_receipt(struct guest *g, const struct receipt *r, struct lock *l,
    struct note *n, enum move_event *event, struct fault *f)
{
	if (event_of(r, event, f) == -1 || find_note(r, l, n, f) == -1)
		return -1;
	if (*event != MOVE_FAILED && n->state != MOVE_SAVING &&
	    memcmp(r->digest, n->digest, TALLY_DIGEST_SIZE) != 0)
		return fault_set(f, EXIT_REFUSED, "the receipt is of another "
		    "image than the one that was sent: its digest differs");
	if (guest_at(g, (uint32_t)n->domid, n->uuid) == 1 &&
	    n->state != MOVE_SAVING && !unchanged(g, n)) {
		fault_set(f, EXIT_REFUSED, "domain %s has run since its END "
		    "was sent", guest_label(g));
		return fault_hint(f, "if both copies ran, one has to be "
		    "destroyed by hand");
	}
	return 0;
}
