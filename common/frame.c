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

/*
 * END commits the restore, so everything has to be sure before, and that a
 * copy may run from now on has to be written down.
 */
static int
write_end(struct frame *fr, struct sink *out, const struct record *end,
    struct fault *f)
{
	struct note *n = fr->note;

	if (pair_hear(fr->pair, n, sizeof(*n)) != MESSAGE_SAVED) {
		fr->starved = true;
		return fault_set(f, EXIT_SYSTEM, "the saver is gone");
	}
	n->records = fr->tally.records;
	n->pages = fr->tally.pages;
	tally_end(&fr->tally, n->digest);
	if (!n->snapshot) {
		n->state = move_step(n->state, MOVE_END)->first;
		if (note_write(n, f) == -1)
			return -1;
	}
	if (stream_write(out, end, f) == -1)
		return -1;
	return sink_close(out, f);
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
		if (rec->part == PART_RECORD && rec->type == REC_END)
			return write_end(fr, out, rec, f);
		if (stream_write(out, rec, f) == -1)
			return -1;
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
