/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split --tee: the stream, and a copy of it on the way. */
#include <unistd.h>

#include "rec-split.h"
#include "stop.h"

/* The stream is whole, but its copy may not be. */
static int
run(struct options *o, int count, char *const *operand, struct fault *f)
{
	struct branch *b = &o->branch;

	(void)count;
	(void)operand;
	opts_no_terminal(name, STDIN_FILENO);
	opts_no_terminal(name, STDOUT_FILENO);
	b->in = STDIN_FILENO;
	b->out = STDOUT_FILENO;
	stop_does(branch_stop, b);
	stop_by_signals(NULL, name);
	if (branch_run(b, f) == -1)
		return -1;
	stop_does(NULL, NULL);
	if (!b->failed)
		return 0;
	*f = b->why;
	return fault_hint(f, "the stream went on, and is whole; its copy is "
	    "not");
}

static const struct action tee_action = { no_operands, run };

static bool
take(struct options *o, int c)
{
	switch (c) {
	case OPT_TEE:
		choose(o, &tee_action);
		o->branch.text = take_command("--tee");
		return true;
	case OPT_STRICT:
		o->branch.strict = true;
		return true;
	default:
		return false;
	}
}

static void
check(const struct options *o)
{
	if (o->branch.strict && o->action != &tee_action)
		opts_wrong(name, "--strict goes with --tee");
}

const struct family tee_family = { take, check };
