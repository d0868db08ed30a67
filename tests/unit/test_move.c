/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * move.h's two tables, walked: every state that two hosts can come to, with
 * every process killed between any two of its acts and every receipt lost,
 * late, repeated or asked for again.  Forced events are left out: there a
 * person takes the table's place.
 */
#include <stdint.h>
#include <stdlib.h>

#include "move.h"
#include "tap.h"

enum guest { ABSENT, HALF, SUSPENDED, PAUSED, RUNNING };
enum { MAX = 1 << 16 };
#define BIT(n)	(1u << (n))

/* One move, on both hosts and between them. */
struct world {
	uint8_t source, note;		/* enum guest, enum move_state */
	uint8_t copy, mark, refused;	/* mark: 0 none, 1 half, 2 whole */
	uint8_t whole, ran, destroyed;	/* the copy was; it ran; by xl */
	uint8_t emitting, sent;		/* xc-emit lives; END has left */
	uint8_t absorbing;		/* xc-absorb lives */
	uint8_t keep_paused;		/* xc-absorb -p */
	uint8_t receipts, grant;	/* BIT(MOVE_RUNNING) ...: printed */
};

static struct world *worlds;
static unsigned count;
static uint32_t (*edges)[2];
static unsigned edge_count, now;	/* the world that is left */
static char broken[100];		/* the first broken promise */

/* One cell of a table exchanged, to see that it is missed. */
static struct move_step move_cell;
static struct copy_step copy_cell;
static int wrong[4] = { -1, -1, -1, -1 };

static const struct move_step *
move_at(unsigned state, unsigned event)
{
	return (int)state == wrong[0] && (int)event == wrong[1] ?
	    &move_cell : move_step(state, event);
}

static const struct copy_step *
copy_step_at(unsigned state, unsigned event)
{
	return (int)state == wrong[2] && (int)event == wrong[3] ?
	    &copy_cell : copy_step(state, event);
}

static void
promise(bool kept, const char *what, const struct world *w)
{
	if (!kept && broken[0] == '\0')
		snprintf(broken, sizeof(broken), "%s: source %u note %u copy "
		    "%u mark %u receipts %x", what, w->source, w->note,
		    w->copy, w->mark, w->receipts);
}

/* One can come to this world from the one that is being left. */
static void
reach(struct world w)
{
	unsigned i;

	promise(w.source != RUNNING || w.copy != RUNNING, "two run", &w);
	promise(w.source != ABSENT || w.copy >= PAUSED || w.destroyed,
	    "none is left", &w);
	promise(w.source != RUNNING || !w.ran, "an old state runs", &w);
	for (i = 0; i < count; i++)
		if (memcmp(&worlds[i], &w, sizeof(w)) == 0)
			break;
	if (i == count && count < MAX)
		worlds[count++] = w;
	edges[edge_count][0] = now;
	edges[edge_count++][1] = i;
}

/*
 * The source's table takes the event, or declines.  All that can be left:
 * `first` written, the act done, `last` written.  *done is the last of them.
 */
static bool
source_event(struct world w, unsigned event, struct world *done)
{
	const struct move_step *s = move_at(w.note, event);

	if (s->act == MOVE_DECLINE)
		return false;
	w.note = (uint8_t)s->first;
	reach(w);
	if (s->act == MOVE_SAVE)
		w.source = SUSPENDED;
	if (s->act == MOVE_SEND)
		w.sent = true;
	if (s->act == MOVE_TAKE_BACK)
		w.source = RUNNING;
	if (s->act == MOVE_REMOVE || s->act == MOVE_GRANT)
		w.source = ABSENT;
	reach(w);
	w.note = (uint8_t)s->last;
	w.grant |= s->act == MOVE_GRANT;
	reach(w);
	*done = w;
	return true;
}

static unsigned
copy_state(const struct world *w)
{
	if (w->mark == 1)
		return COPY_FILLING;
	if (w->mark == 2)
		return w->copy == PAUSED ? COPY_PAUSED : COPY_RUNNING;
	return w->refused ? COPY_REFUSED : w->whole ? COPY_GONE : COPY_NONE;
}

static bool
copy_event(struct world w, unsigned event, struct world *done)
{
	const struct copy_step *s = copy_step_at(copy_state(&w), event);

	if (s->act == COPY_DECLINE)
		return false;
	w.refused |= s->first == COPY_REFUSED;
	reach(w);
	if (s->act == COPY_FILL) {
		w.copy = HALF;
		w.mark = 1;
	}
	if (s->act == COPY_LET_RUN) {
		w.copy = RUNNING;
		w.ran = true;
	}
	if (s->act == COPY_DISCARD)
		w.copy = w.mark = 0;
	if (event == COPY_END) {
		w.copy = PAUSED;	/* filled, before anything says so */
		reach(w);
		w.whole = true;
		reach(w);
		w.mark = 2;
	}
	if (s->last == COPY_REFUSED)
		w.whole = false;
	reach(w);
	*done = w;
	return true;
}

/* xc-emit, and what kills it. */
static void
emit(struct world w)
{
	struct world done;

	if (w.note == MOVE_NONE && !w.sent && w.source == RUNNING &&
	    !w.emitting && !w.refused && w.receipts == 0) {
		w.emitting = true;
		source_event(w, MOVE_EMIT, &done);
		return;
	}
	if (!w.emitting)
		return;
	if (!w.sent && w.source == SUSPENDED)
		source_event(w, MOVE_END, &done);
	w.emitting = false;	/* what broke does nothing else any more */
	reach(w);
	source_event(w, MOVE_BROKE, &done);
}

/* xc-absorb, and what kills it. */
static void
absorb(struct world w)
{
	struct world done, broke;

	/* Also again: a stream may be kept. */
	if (!w.absorbing && (w.emitting || w.sent)) {
		w.absorbing = true;
		copy_event(w, COPY_STREAM, &done);
		return;
	}
	if (!w.absorbing)
		return;
	if (w.sent && w.copy == HALF)
		copy_event(w, COPY_END, &done);
	if (w.mark == 2 && w.copy == PAUSED && !w.keep_paused)
		copy_event(w, COPY_UNPAUSE, &done);
	broke = w;
	broke.absorbing = false;
	if (copy_event(broke, COPY_BROKE, &done)) {
		if (done.copy == ABSENT && !done.whole)
			done.receipts |= BIT(MOVE_FAILED);
		reach(done);
	}
	done = w;
	if (w.mark == 2 && (w.keep_paused || w.copy == RUNNING))
		done.receipts |= w.keep_paused ? BIT(MOVE_PAUSED) :
		    BIT(MOVE_RUNNING);
	done.absorbing = false;
	reach(done);
	w.absorbing = false;
	reach(w);
}

/* Who sits at the source: one process at a time has its lock. */
static void
at_source(struct world w)
{
	struct world done;
	unsigned event;

	if (w.emitting)
		return;
	for (event = MOVE_RUNNING; event <= MOVE_FAILED; event++)
		if (w.receipts & BIT(event) && (w.source != RUNNING ||
		    w.note == MOVE_SAVING))
			source_event(w, event, &done);
	source_event(w, MOVE_RESUME, &done);
	/* To be said when the copy runs: one with -p is that person's. */
	if (w.receipts & BIT(MOVE_RUNNING))
		source_event(w, MOVE_DESTROY, &done);
}

/* Who sits at the destination. */
static void
at_destination(struct world w)
{
	static const unsigned told[COPY_STATES] = {
		[COPY_PAUSED] = BIT(MOVE_PAUSED),
		[COPY_RUNNING] = BIT(MOVE_RUNNING),
		[COPY_REFUSED] = BIT(MOVE_FAILED),
	};
	struct world done = w;

	done.receipts |= (uint8_t)told[copy_state(&w)];
	reach(done);
	if (w.copy == RUNNING && !w.absorbing) {
		done = w;
		done.copy = done.mark = 0;	/* xl destroy */
		done.destroyed = true;
		reach(done);
	}
	if (w.grant)
		copy_event(w, COPY_GO, &done);
	if (!w.absorbing && copy_event(w, COPY_REFUSE, &done)) {
		done.receipts |= BIT(MOVE_FAILED);
		reach(done);
	}
}

static bool
is_settled(const struct world *w)
{
	/* What becomes of a guest that was destroyed is a person's to say. */
	return (w->source == RUNNING && w->copy == ABSENT) ||
	    (w->source == ABSENT && w->copy == RUNNING) || w->destroyed;
}

/* Whether a settled world can be reached from each; sets broken if not. */
static void
check_ways_out(void)
{
	uint8_t *good = calloc(count, 1);
	bool more = true;
	unsigned i;

	for (i = 0; i < count; i++)
		good[i] = is_settled(&worlds[i]);
	while (more) {
		more = false;
		for (i = 0; i < edge_count; i++)
			if (good[edges[i][1]] && !good[edges[i][0]])
				good[edges[i][0]] = more = true;
	}
	for (i = 0; i < count; i++)
		promise(good[i], "no way out", &worlds[i]);
	free(good);
}

/* Walks from a running guest; broken is what the tables do not keep. */
static void
walk(void)
{
	uint8_t paused;

	count = edge_count = 0;
	broken[0] = '\0';
	for (paused = 0; paused < 2; paused++)
		reach((struct world){ .source = RUNNING,
		    .keep_paused = paused });
	edge_count = 0;		/* nothing leads to where it starts */
	for (now = 0; now < count && broken[0] == '\0'; now++) {
		emit(worlds[now]);
		absorb(worlds[now]);
		at_source(worlds[now]);
		at_destination(worlds[now]);
	}
	if (broken[0] == '\0')
		check_ways_out();
}

static void
test_move_cell(unsigned state, unsigned event, struct move_step step,
    const char *what)
{
	wrong[0] = (int)state;
	wrong[1] = (int)event;
	move_cell = step;
	walk();
	ok(broken[0] != '\0', "%s is found (%s)", what, broken);
	wrong[0] = wrong[1] = -1;
}

static void
test_copy_cell(unsigned state, unsigned event, struct copy_step step,
    const char *what)
{
	wrong[2] = (int)state;
	wrong[3] = (int)event;
	copy_cell = step;
	walk();
	ok(broken[0] != '\0', "%s is found (%s)", what, broken);
	wrong[2] = wrong[3] = -1;
}

/* The tables as xenrec.7 has them. */
static int
print_rows(void)
{
	static const char *const states[] = { "none", "saving", "sent",
	    "given" };
	static const char *const events[] = { "emit", "emit forced", "broke",
	    "copied", "end", "running", "paused", "failed", "resume",
	    "resume forced", "destroy", "destroy forced" };
	static const char *const acts[] = { "decline", "save", "send", "stay",
	    "take back", "remove", "grant" };
	static const char *const copy_states[] = { "none", "filling",
	    "paused", "running", "gone", "refused" };
	static const char *const copy_events[] = { "stream", "stream forced",
	    "broke", "end", "unpause", "go", "refuse" };
	static const char *const copy_acts[] = { "decline", "fill", "keep",
	    "let run", "discard" };
	const struct move_step *m;
	const struct copy_step *c;
	unsigned state, event;

	for (state = 0; state < MOVE_STATES; state++)
		for (event = 0; event < MOVE_EVENTS; event++) {
			m = move_step(state, event);
			printf(".It %s Ta %s Ta %s Ta %s Ta %s\n",
			    states[state], events[event], states[m->first],
			    acts[m->act], states[m->last]);
		}
	for (state = 0; state < COPY_STATES; state++)
		for (event = 0; event < COPY_EVENTS; event++) {
			c = copy_step(state, event);
			printf(".It %s Ta %s Ta %s Ta %s Ta %s\n",
			    copy_states[state], copy_events[event],
			    copy_states[c->first], copy_acts[c->act],
			    copy_states[c->last]);
		}
	return 0;
}

int
main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "rows") == 0)
		return print_rows();
	worlds = calloc(MAX, sizeof(*worlds));
	edges = calloc(64 * MAX, sizeof(*edges));
	walk();
	ok(broken[0] == '\0', "%u worlds: never two run, always one is left, "
	    "always a way out %s", count, broken);
	ok(count > 100, "it walked");
	test_move_cell(MOVE_SENT, MOVE_RESUME, (struct move_step){
	    MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
	    "to resume after END");
	test_move_cell(MOVE_SENT, MOVE_BROKE, (struct move_step){
	    MOVE_SAVING, MOVE_TAKE_BACK, MOVE_NONE, 0 },
	    "to take back after END");
	test_move_cell(MOVE_SAVING, MOVE_END, (struct move_step){
	    MOVE_SAVING, MOVE_SEND, MOVE_SENT, 0 },
	    "END before it is written down");
	test_move_cell(MOVE_SENT, MOVE_FAILED, (struct move_step){
	    MOVE_SENT, MOVE_REMOVE, MOVE_NONE, 0 },
	    "to destroy what failed");
	test_move_cell(MOVE_SENT, MOVE_PAUSED, (struct move_step){
	    MOVE_SENT, MOVE_REMOVE, MOVE_NONE, 0 },
	    "to forget the grant");
	test_copy_cell(COPY_PAUSED, COPY_BROKE, (struct copy_step){
	    COPY_PAUSED, COPY_DISCARD, COPY_NONE, 0 },
	    "to discard a whole copy");
	test_copy_cell(COPY_REFUSED, COPY_STREAM, (struct copy_step){
	    COPY_FILLING, COPY_FILL, COPY_FILLING, 0 },
	    "to take what was refused");
	test_copy_cell(COPY_FILLING, COPY_REFUSE, (struct copy_step){
	    COPY_FILLING, COPY_DECLINE, COPY_FILLING, 0 },
	    "not to remove what was left");
	test_copy_cell(COPY_GONE, COPY_REFUSE, (struct copy_step){
	    COPY_REFUSED, COPY_DISCARD, COPY_REFUSED, 0 },
	    "to refuse what has run");
	test_copy_cell(COPY_NONE, COPY_BROKE, (struct copy_step){
	    COPY_NONE, COPY_DISCARD, COPY_NONE, 0 },
	    "not to note what failed");
	test_copy_cell(COPY_NONE, COPY_REFUSE, (struct copy_step){
	    COPY_NONE, COPY_DISCARD, COPY_NONE, 0 },
	    "to refuse without a note");
	free(worlds);
	free(edges);
	return tap_end();
}
