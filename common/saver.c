/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "emit.h"
#include "guest.h"
#include "lock.h"
#include "now.h"
#include "settle.h"
#include "stays.h"
#include "stream.h"

/* The configuration from Xen.  A domain that no destination would take is
 * refused. */
static int
describe(struct guest *g, const struct emit *e, struct config *c,
    struct fault *f)
{
	time_t now = time(NULL);
	struct tm tm;

	*c = (struct config){ .snapshot = e->snapshot };
	randombytes_buf(c->move, sizeof(c->move));
	snprintf(c->tool, sizeof(c->tool), "%s %s", e->tool, XENREC_VERSION);
	if (gmtime_r(&now, &tm) != NULL)
		strftime(c->time, sizeof(c->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (guest_describe(g, c, f) == -1)
		return -1;
	return config_check(c, f);
}

/* Whether a move may begin; news->note is that of an older one. */
static int
may_begin(struct guest *g, const struct emit *e, struct news *news,
    bool *by_xl, struct fault *f)
{
	const struct note *n = &news->note;
	struct fault why;

	if (n->state == MOVE_NONE && guest_suspended(g) && !e->force) {
		fault_set(f, EXIT_REFUSED, "domain %s is suspended, but not "
		    "by %s", guest_label(g), e->tool);
		return fault_hint(f, "-f saves it as it is");
	}
	if (guest_check(g, e->way, e->how.live, by_xl, f) == -1)
		return -1;
	if (e->how.pace.interval > 0 && guest_suspended(g)) {
		fault_set(f, EXIT_REFUSED, "domain %s is suspended: "
		    "checkpoints are of a guest that runs", guest_label(g));
		return fault_hint(f, "xc-emit --resume -f %u, then again",
		    guest_domid(g));
	}
	news->live = e->how.live || (e->try_live &&
	    guest_check(g, e->way, true, by_xl, &why) == 0);
	return 0;
}

/* *n for the move that begins now. */
static void
renew(struct guest *g, const struct config *c, struct note *n)
{
	*n = (struct note){
		.state = MOVE_SAVING, .snapshot = c->snapshot,
		.by_xl = c->in_xl,
		.domid = guest_domid(g), .begun = now_ms(),
	};
	memcpy(n->move, c->move, sizeof(n->move));
	memcpy(n->uuid, c->uuid, sizeof(n->uuid));
	memcpy(n->name, c->name, sizeof(n->name));
}

/*
 * The image is written: what becomes of the guest is what the note says when
 * the framer has come to its end, or died.
 */
static int
await_framer(struct pair *p, struct guest *g, const struct emit *e,
    struct note *n)
{
	bool done = pair_hear(p, NULL, 0) == MESSAGE_DONE;
	struct fault f;
	int noted;

	if (e->snapshot)
		return done ? EXIT_DONE : EXIT_SYSTEM;
	if ((noted = note_of_move(n->move, n, &f)) != 1) {
		if (noted == 0)
			fault_set(&f, EXIT_SYSTEM, "the note of domain %s is "
			    "gone: it stays suspended", guest_label(g));
		fault_print(e->tool, &f);
		return f.status;
	}
	if (n->state == MOVE_SAVING) {
		settle_broke(e->tool, g, n, e->quiet);
		return EXIT_SYSTEM;
	}
	if (!e->quiet || !done)
		settle_tell_sent(e->tool, n, done);
	return done ? EXIT_DONE : EXIT_SYSTEM;
}

/* For how long the guest stood still, and what was done before. */
static void
tell_report(const struct emit *e, struct guest *g, bool live,
    const struct save_report *r)
{
	static const char *const asked[] = {
		[SAVE_NOT_ASKED] = "nobody", [SAVE_BY_XENSTORE] = "xenstore",
		[SAVE_BY_CHANNEL] = "event channel",
	};
	uint64_t until = r->resumed != 0 ? r->resumed : now_ms();

	if (e->quiet)
		return;
	if (e->how.pace.interval > 0) {
		fault_tell(e->tool, "domain %s: no more checkpoints; it stays "
		    "here", guest_label(g));
		return;
	}
	if (r->stopped == 0 || (!live && !e->verbose))
		return;
	if (r->asked == SAVE_BY_XL) {
		fault_tell(e->tool, "domain %s: saved by xl; stopped for %"
		    PRIu64 " ms%s", guest_label(g), until - r->stopped,
		    r->resumed != 0 ? "" : " so far");
		return;
	}
	fault_tell(e->tool, "domain %s: %u rounds, %" PRIu64 " pages, the "
	    "last %" PRIu64 " after it was stopped by %s; stopped for %"
	    PRIu64 " ms%s", guest_label(g), r->rounds, r->pages,
	    r->round[r->rounds - 1].pages, asked[r->asked],
	    until - r->stopped, r->resumed != 0 ? "" : " so far");
}

/* For guest_save. */
static void
pass_checkpoint(void *pair, const struct save_checkpoint *c)
{
	pair_say(pair, MESSAGE_CHECKPOINT, c, sizeof(*c));
}

/* Behind the last checkpoint: no copy is to run. */
static int
end_checkpoints(struct pair *p, const struct note *n, struct fault *f)
{
	struct record rec = { 0 };
	struct sink out;
	int result;

	sink_open(&out, p->stream);
	result = stays_put(n->move, &rec, f);
	if (result == 0)
		result = stream_write(&out, &rec, f);
	if (result == 0)
		result = stream_write(&out, &record_end, f);
	record_free(&rec);
	return result;
}

/* What the note says from END on. */
static void
note_report(struct note *n, struct guest *g, const struct save_report *r)
{
	n->stopped = r->stopped;
	n->cpu = guest_cpu(g);
	n->rounds = r->rounds;
	n->pages_sent = r->pages;
}

/* Saves the guest; news->note is of the move that begins.  Returns the exit
 * status. */
static int
save(struct pair *p, struct guest *g, const struct emit *e, struct news *news,
    const struct note *old)
{
	struct note *n = &news->note;
	struct save_how how = e->how;
	struct save_report report;
	struct fault f;
	int status;

	if (note_write(n, &f) == -1) {
		fault_print(e->tool, &f);
		return f.status;
	}
	if (old->state != MOVE_NONE)
		note_remove(old);
	how.out = p->stream;
	how.peer = p->from;
	how.by_xl = n->by_xl;
	how.live = news->live;
	how.runs_on = e->snapshot && !e->pause;
	how.pace.tell = pass_checkpoint;
	how.pace.listener = p;
	if (guest_save(g, &how, &report, &f) == -1 ||
	    (how.pace.interval > 0 && end_checkpoints(p, n, &f) == -1)) {
		if (!pair_heard(p, MESSAGE_ABORT))
			fault_print(e->tool, &f);
		if (report.begun)
			settle_broke(e->tool, g, n, e->quiet);
		else
			note_remove(n);	/* what others do is left alone */
		return f.status;
	}
	note_report(n, g, &report);
	/* A snapshot's guest goes on, whatever becomes of the stream. */
	if (e->snapshot && settle_step(g, n, MOVE_COPIED, e->pause, &f)
	    == -1) {
		fault_print(e->tool, &f);
		return f.status;
	}
	pair_say(p, MESSAGE_SAVED, n, sizeof(*n));
	pair_end(p);
	status = await_framer(p, g, e, n);
	tell_report(e, g, how.live, &report);
	return status;
}

int
saver_examine(struct guest *g, const struct emit *e, struct lock *l,
    struct news *news, struct fault *f)
{
	enum move_event event = e->force ? MOVE_EMIT_FORCED : MOVE_EMIT;
	bool by_xl;

	if (settle_find(g, e->domain, l, &news->note, f) == -1 ||
	    settle_allows(g, &news->note, event, f) == -1 ||
	    may_begin(g, e, news, &by_xl, f) == -1 ||
	    describe(g, e, &news->config, f) == -1)
		return -1;
	news->config.in_xl = by_xl;
	return e->offer == NULL ? 0 : guest_fits(g, &news->config, e->offer,
	    e->reason, f);
}

/* Finds the guest and begins.  Returns the exit status. */
static int
run(struct pair *p, struct guest *g, struct lock *l, const struct emit *e)
{
	struct news news;
	struct note old;
	struct fault f;

	if (saver_examine(g, e, l, &news, &f) == -1) {
		fault_print(e->tool, &f);
		return f.status;
	}
	old = news.note;
	renew(g, &news.config, &news.note);
	pair_pass(p, MESSAGE_NEWS, &news, sizeof(news), l->fd);
	return save(p, g, e, &news, &old);
}

int
saver_run(struct pair *p, const struct emit *e)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
	struct lock lock = { .fd = -1 };
	struct guest *g = NULL;
	struct fault f;

	/* stdout is the framer's: it has to be closed when that closes it. */
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		fault_set(&f, EXIT_SYSTEM, "no /dev/null");
	else
		g = guest_open(e->tool, e->verbose, &f);
	if (g == NULL) {
		fault_print(e->tool, &f);
		return f.status;
	}
	status = run(p, g, &lock, e);
	guest_close(g);
	lock_drop(&lock);
	return status;
}
