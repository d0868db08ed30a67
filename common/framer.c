/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "emit.h"
#include "frame.h"
#include "guest.h"
#include "lock.h"
#include "settle.h"
#include "stop.h"

/*
 * The saver was killed.  What becomes of the guest is what the note says, as
 * if the saver still lived.
 */
static void
clean_up(const struct emit *e, struct note *n)
{
	struct guest *g;
	struct fault f;
	int there = note_of_move(n->move, n, &f);

	fault_tell(e->tool, "the saver was killed");
	if (there == 0)
		return;
	if (there == 1 && n->state != MOVE_SAVING) {
		settle_tell_sent(e->tool, n, false);
		return;
	}
	g = there == 1 ? guest_open(e->tool, e->verbose, &f) : NULL;
	if (g == NULL)
		fault_print(e->tool, &f);
	else
		settle_broke(e->tool, g, n, e->quiet);
	guest_close(g);
}

static void
tell_tally(const struct emit *e, const struct note *n)
{
	char text[2 * TALLY_DIGEST_SIZE + 1];

	hex_print(n->digest, sizeof(n->digest), text);
	if (e->verbose)
		fault_tell(e->tool, "%" PRIu64 " records, %" PRIu64 " pages, "
		    "digest %s", n->records, n->pages, text);
}

/* What is told of checkpoints. */
struct pulse {
	const struct emit *emit;
	bool late;		/* the one before came late */
};

/* Checkpoints that come more than this part of the interval late are told. */
#define LATE_PART	4u

static void
print_checkpoint(const struct frame_checkpoint *c)
{
	fprintf(stderr, "{\"checkpoint\":%" PRIu64 ",\"pages\":%" PRIu64
	    ",\"bytes\":%" PRIu64 ",\"stopped_us\":%" PRIu64
	    ",\"late_us\":%" PRIu64 "}\n", c->made.number, c->pages,
	    c->bytes, c->made.stopped, c->made.late);
}

/* For frame_run.  A row of late ones is told of once. */
static void
tell_checkpoint(void *listener, const struct frame_checkpoint *c)
{
	struct pulse *pulse = listener;
	const struct emit *e = pulse->emit;
	uint64_t us = e->how.pace.interval * UINT64_C(1000);
	bool late = c->made.late > us / LATE_PART;

	if (e->stats)
		print_checkpoint(c);
	else if (e->verbose)
		fault_tell(e->tool, "checkpoint %" PRIu64 ": %" PRIu64
		    " pages; it stood still for %" PRIu64 " ms",
		    c->made.number, c->pages, c->made.stopped / 1000);
	if (late && !pulse->late && !e->quiet)
		fault_tell(e->tool, "checkpoint %" PRIu64 " came %" PRIu64
		    " ms late: the one before was not taken in %u ms",
		    c->made.number, c->made.late / 1000,
		    e->how.pace.interval);
	pulse->late = late;
}

/* Passes the image on.  0, or -1 with *f set. */
static int
pass_on(struct pair *p, const struct emit *e, struct news *news,
    struct frame *fr, struct fault *f)
{
	if (!e->no_config)
		fr->config = &news->config;
	if (frame_run(fr, f) == -1) {
		if (!fr->starved) {
			pair_say(p, MESSAGE_ABORT, NULL, 0);
			fault_print(e->tool, f);
		}
		return -1;
	}
	tell_tally(e, &news->note);
	pair_say(p, MESSAGE_DONE, NULL, 0);
	return 0;
}

/*
 * The guest stands still until its checkpoint is in the pipe, not until it has
 * gone out.  A smaller pipe does too.
 */
#define CHECKPOINT_ROOM	(64 << 20)

static void
widen(int stream)
{
	int room = CHECKPOINT_ROOM;

	while (room > 1 << 20 && fcntl(stream, F_SETPIPE_SZ, room) == -1)
		room /= 2;
}

int
framer_run(struct pair *p, const struct emit *e)
{
	struct lock lock = { .fd = -1 };
	struct news news = { .note.state = MOVE_NONE };
	struct frame fr = {
		.pair = p, .note = &news.note, .starved = true,
		.file = e->file,
		.out = e->file != NULL ? e->file->fd : STDOUT_FILENO,
	};
	struct fault f = { .status = EXIT_SYSTEM };
	struct pulse pulse = { .emit = e };
	int child;

	stop_by_signals(p, e->tool);
	if (e->how.pace.interval > 0) {
		stop_asks(e->how.pace.enough);
		widen(p->stream);
		fr.checkpoint = tell_checkpoint;
		fr.listener = &pulse;
	}
	stop_drops(e->file);
	if (e->silence > 0)
		stop_by_silence(e->silence);
	if (pair_hear(p, &news, sizeof(news)) == MESSAGE_NEWS) {
		lock_share(&lock, news.note.uuid, p->passed);
		stop_holds(&lock, fr.out);
		fr.starved = false;
		if (pass_on(p, e, &news, &fr, &f) == 0)
			f.status = EXIT_DONE;
	}
	stop_by_silence(0);	/* it is the saver's turn */
	pair_end(p);
	child = pair_wait(p);
	if (child == -1) {
		if (news.note.state != MOVE_NONE)
			clean_up(e, &news.note);
		child = EXIT_SYSTEM;
	}
	stop_holds(NULL, -1);	/* whoever comes next has a file of its own */
	lock_drop(&lock);
	if (e->file != NULL)
		newfile_close(e->file);
	stop_drops(NULL);
	return fr.starved || f.status == EXIT_DONE ? child : f.status;
}
