/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "absorb.h"
#include "apart.h"
#include "leave.h"
#include "stop.h"

/* What the opener works on. */
struct opening {
	struct pair *pair;
	const struct absorb *absorb;
};

/* That it failed.  Of a stream that is followed the copy is not lost with it:
 * whoever has that tells why. */
static void
say_failed(const struct opening *o, const struct fault *f)
{
	pair_say(o->pair, o->absorb->standby ? MESSAGE_BROKEN : MESSAGE_ABORT,
	    NULL, 0);
	if (o->absorb->standby)
		pair_say(o->pair, MESSAGE_WHY, f, sizeof(*f));
}

/* A stop by silence, which said so. */
static void
say_stopped(const void *opening)
{
	static const struct fault told = { .status = EXIT_SYSTEM };

	say_failed(opening, &told);
}

/* In a process of its own.  What it comes to is in the stream. */
static int
open_stream(void *opening, void *result, struct fault *f)
{
	const struct opening *o = opening;
	const struct absorb *a = o->absorb;
	const int mine[] = { o->pair->stream, o->pair->to };
	/* Threads may be at work with it when it has failed. */
	static struct opener op;

	(void)result;
	op = (struct opener){
		.pair = o->pair, .overrides = &a->overrides,
		.config_file = a->config_file, .standby = a->standby,
		.no_xl = a->no_xl, .lint = { .max_pfn = a->max_pfn },
		.layers.memory = a->memory,
		.keys = a->keys,
	};
	/* The receipt is not the opener's to write. */
	if (pair_leave(STDOUT_FILENO, f) == -1)
		return -1;
	/* Nor may it hear what the restorer says, or have what a caller did not
	 * close. */
	leave_all(mine, 2);
	stop_forked();
	stop_does(say_stopped, o);
	if (a->silence > 0)
		stop_by_silence(a->silence);
	if (opener_run(&op, STDIN_FILENO, a->threads, f) == 0)
		return 0;
	say_failed(o, f);
	return -1;
}

int
opener_main(struct pair *p, const struct absorb *a)
{
	struct opening o = { .pair = p, .absorb = a };
	struct fault f = { .status = EXIT_DONE };
	struct apart opener;
	int child;

	stop_by_signals(p, a->tool);
	if (apart_fork(&opener, open_stream, &o, &f) == 0) {
		stop_kills(opener.child);
		pair_end(p);
		if (a->keys != NULL)
			keyring_free(a->keys);
		apart_end(&opener, NULL, 0, &f);
		stop_kills(0);
	}
	/* One that was killed said nothing. */
	if (f.status != EXIT_DONE)
		say_failed(&o, &f);
	pair_end(p);
	child = pair_wait(p);
	if (child == -1)
		return restorer_killed(p, a);
	if (a->standby)
		return child;
	if (child == EXIT_DONE && f.status != EXIT_DONE)
		fault_print(a->tool, &f);
	return child != EXIT_DONE ? child : f.status;
}
