/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split -j, -t: the stream of its parts, or only whether it is there. */
#include <string.h>
#include <unistd.h>

#include "rec-split.h"
#include "sandbox.h"

static void
parts(int count, char *const *operand)
{
	int i;

	if (count == 0)
		opts_wrong(name, "which PARTs?  '-' for those on stdin");
	for (i = 0; count > 1 && i < count; i++)
		if (strcmp(operand[i], "-") == 0)
			opts_wrong(name, "'-', for all parts on stdin, stands "
			    "alone; /dev/stdin is a part like others");
}

/* To the descriptor out; -1: nowhere. */
static int
join(struct options *o, int count, char *const *operand, int out,
    struct fault *f)
{
	struct join *j = &o->join;
	bool from_stdin = count == 1 && strcmp(operand[0], "-") == 0;

	if (from_stdin)
		opts_no_terminal(name, STDIN_FILENO);
	if (out != -1)
		opts_no_terminal(name, out);
	j->path = operand;
	j->count = from_stdin ? 0 : (size_t)count;
	j->out = out;
	j->threads = o->common.threads;
	if (sandbox_enter(&(struct sandbox){
	    .read = j->path, .reads = j->count }, f) == -1 ||
	    join_run(j, f) == -1)
		return -1;
	say_set(o, j->payload, j->chunks, j->parts, j->set);
	return 0;
}

static int
run_join(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	return join(o, count, operand, STDOUT_FILENO, f);
}

static int
run_test(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	return join(o, count, operand, -1, f);
}

static const struct action join_action = { parts, run_join },
    test_action = { parts, run_test };

static void
tell_lost(const struct fault *f)
{
	fault_tell(name, "lost: %s", f->text);
}

static bool
take(struct options *o, int c)
{
	switch (c) {
	case 'j':
		choose(o, &join_action);
		return true;
	case 't':
		choose(o, &test_action);
		return true;
	case OPT_SALVAGE:
		o->join.lost = tell_lost;
		return true;
	default:
		return false;
	}
}

static void
check(const struct options *o)
{
	if (o->join.lost != NULL && o->action != &join_action)
		opts_wrong(name, "--salvage goes with -j");
}

const struct family join_family = { take, check };
