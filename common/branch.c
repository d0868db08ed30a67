/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "branch.h"
#include "io.h"
#include "sandbox.h"
#include "stream.h"

/* The command failed: what it says is the fault, if the stream is to stop. */
static int
give_up(struct branch *b, struct fault *f)
{
	command_abort(&b->command);
	b->failed = true;
	if (!b->strict)
		return 0;
	*f = b->why;
	return -1;
}

static int
copy_piece(struct branch *b, struct sink *copy, const struct record *rec,
    bool last, struct fault *f)
{
	if (b->failed)
		return 0;
	if (stream_write(copy, rec, &b->why) == -1) {
		command_blame(&b->command, NULL, &b->why);
		return give_up(b, f);
	}
	if (last && command_end(&b->command, NULL, &b->why) == -1)
		return give_up(b, f);
	return 0;
}

static int
hand_on(struct branch *b, struct stream *in, struct sink *out,
    struct sink *copy, struct fault *f)
{
	struct record rec = { 0 };
	bool last;
	int result;

	while ((result = stream_next(in, &rec, f)) == 1) {
		last = stream_ends(in, &rec);
		/* Whoever reads the stream does not wait for the command. */
		if (!last || b->strict) {
			if (copy_piece(b, copy, &rec, last, f) == -1 ||
			    stream_write(out, &rec, f) == -1)
				return -1;
		} else if (stream_write(out, &rec, f) == -1 ||
		    sink_close(out, f) == -1 ||
		    copy_piece(b, copy, &rec, last, f) == -1) {
			return -1;
		}
	}
	record_free(&rec);
	return result;
}

int
branch_run(struct branch *b, struct fault *f)
{
	struct sink out, copy;
	struct stream in;
	struct sandbox only = { .reopens = true };
	int result;

	if (command_start(&b->command, b->text, NULL, f) == -1)
		return -1;
	only.child = -b->command.pid;
	if (sandbox_enter(&only, f) == -1 ||
	    stream_open(&in, b->in, f) == -1)
		return -1;
	sink_open(&out, b->out);
	sink_open(&copy, b->command.fd);
	result = hand_on(b, &in, &out, &copy, f);
	if (result == 0 && b->strict)
		result = sink_close(&out, f);
	if (result == -1 && in.checkpoints > 0)
		command_end(&b->command, NULL, &b->why);
	else if (result == -1)
		command_abort(&b->command);
	stream_close(&in);
	return result;
}

void
branch_stop(const void *branch)
{
	const struct branch *b = branch;

	command_signal(&b->command);
}
