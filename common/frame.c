/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "format.h"
#include "frame.h"
#include "stream.h"

static int
write_config(const struct frame *fr, struct sink *out, struct fault *f)
{
	struct record rec = { 0 };
	int result = config_put(fr->config, &rec, f);

	if (result == 0)
		result = stream_write(out, &rec, f);
	record_free(&rec);
	return result;
}

/* That a copy may run from now on is written down. */
static int
note_sent(struct note *n, struct fault *f)
{
	if (n->snapshot)
		return 0;
	n->state = move_step(n->state, MOVE_END)->first;
	return note_write(n, f);
}

/*
 * Nobody could read END before.  If the file does not get its name, no copy is
 * and none will come: what a receipt `failed` says.
 */
static int
publish(struct frame *fr, struct fault *f)
{
	struct note *n = fr->note;
	struct fault late;

	if (note_sent(n, f) == -1)
		return -1;
	if (newfile_publish(fr->file, f) == 0)
		return 0;
	if (!n->snapshot && newfile_revoke(fr->file)) {
		n->state = move_step(n->state, MOVE_FAILED)->first;
		if (note_write(n, &late) == -1)
			*f = late;
	}
	return -1;
}

/* END commits the restore, so everything has to be sure before. */
static int
write_end(struct frame *fr, struct sink *out, const struct record *end,
    struct fault *f)
{
	struct note *n = fr->note;

	if (pair_hear(fr->pair, n, sizeof(*n)) != MESSAGE_SAVED) {
		fr->starved = true;
		return fault_set(f, EXIT_SYSTEM, "the saver is gone");
	}
	if (n->by_xl)
		n->pages_sent = fr->tally.pages;	/* xl does not say */
	n->records = fr->tally.records;
	n->pages = fr->tally.pages;
	tally_end(&fr->tally, n->digest);
	if (fr->file != NULL) {
		if (stream_write(out, end, f) == -1 ||
		    newfile_sync(fr->file, f) == -1)
			return -1;
		return publish(fr, f);
	}
	if (note_sent(n, f) == -1 || stream_write(out, end, f) == -1)
		return -1;
	return sink_close(out, f);
}

/* The saver says how it came about.  If it is gone, so is what comes next. */
static void
tell_checkpoint(struct frame *fr, const struct stream *in)
{
	struct frame_checkpoint c = {
		.pages = fr->tally.pages - fr->pages,
		.bytes = in->in.offset - fr->bytes,
	};

	if (pair_hear(fr->pair, &c.made, sizeof(c.made)) !=
	    MESSAGE_CHECKPOINT)
		return;
	fr->pages = fr->tally.pages;
	fr->bytes = in->in.offset;
	fr->checkpoint(fr->listener, &c);
}

/* The pieces from in to out, END included. */
static int
copy(struct frame *fr, struct stream *in, struct sink *out,
    struct record *rec, struct fault *f)
{
	bool first = true;
	int more;

	while ((more = stream_next(in, rec, f)) == 1) {
		tally_piece(&fr->tally, rec);
		if (rec->part == PART_RECORD && first) {
			first = false;
			if (fr->config != NULL &&
			    write_config(fr, out, f) == -1)
				return -1;
		}
		if (stream_ends(in, rec))
			return write_end(fr, out, rec, f);
		if (stream_write(out, rec, f) == -1)
			return -1;
		if (fr->checkpoint != NULL && rec->part == PART_RECORD &&
		    rec->type == REC_CHECKPOINT)
			tell_checkpoint(fr, in);
	}
	/*
	 * The saver says SAVED before it closes its end.  If it did not, it
	 * failed, and knows why.
	 */
	fr->starved = more == 0 || (f->status == EXIT_MALFORMED &&
	    !pair_heard(fr->pair, MESSAGE_SAVED));
	return -1;
}

int
frame_run(struct frame *fr, struct fault *f)
{
	struct record rec = { 0 };
	struct stream in;
	struct sink out;
	int result;

	tally_begin(&fr->tally);
	sink_open(&out, fr->out);
	if (stream_open(&in, fr->pair->stream, f) == -1)
		return -1;
	result = copy(fr, &in, &out, &rec, f);
	record_free(&rec);
	stream_close(&in);
	return result;
}
