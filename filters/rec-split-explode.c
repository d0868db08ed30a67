/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split --explode, --implode: a stream as a directory of its records. */
#include <unistd.h>

#include "explode.h"
#include "implode.h"
#include "rec-split.h"
#include "sandbox.h"
#include "stop.h"

static int
run_explode(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	(void)count;
	(void)operand;
	opts_no_terminal(name, STDIN_FILENO);
	stop_by_signals(NULL, name);
	return sandbox_enter(&(struct sandbox){ .file = o->dir }, f) == -1 ?
	    -1 : explode_run(STDIN_FILENO, o->dir, f);
}

static int
run_implode(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	(void)count;
	(void)operand;
	opts_no_terminal(name, STDOUT_FILENO);
	return sandbox_enter(&(struct sandbox){
	    .read = (char *const *)&o->dir, .reads = 1 }, f) == -1 ? -1 :
	    implode_run(o->dir, STDOUT_FILENO, f);
}

static const struct action explode_action = { no_operands, run_explode },
    implode_action = { no_operands, run_implode };

static bool
take(struct options *o, int c)
{
	switch (c) {
	case OPT_EXPLODE:
		choose(o, &explode_action);
		o->dir = opts_file(name, "--explode");
		return true;
	case OPT_IMPLODE:
		choose(o, &implode_action);
		o->dir = opts_file(name, "--implode");
		return true;
	default:
		return false;
	}
}

const struct family explode_family = { take, NULL };
