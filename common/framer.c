/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
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
	int child;

	stop_by_signals(p, e->tool);
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
