/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split -b, -n: a stream into volumes. */
#include <unistd.h>

#include "rec-split.h"
#include "sandbox.h"
#include "stop.h"

static void
one_prefix(int count, char *const *operand)
{
	(void)operand;
	if (count != 1)
		opts_wrong(name, "one PREFIX for the parts' names");
}

static int
run(struct options *o, int count, char *const *operand, struct fault *f)
{
	struct split *s = &o->split;

	(void)count;
	opts_no_terminal(name, STDIN_FILENO);
	s->in = STDIN_FILENO;
	s->threads = o->common.threads;
	s->volumes.prefix = operand[0];
	stop_does(volumes_stop, &s->volumes);
	stop_by_signals(NULL, name);
	if (s->volumes.command == NULL && sandbox_enter(&(struct sandbox){
	    .file = s->volumes.prefix, .replaces = s->volumes.replace },
	    f) == -1)
		return -1;
	if (split_run(s, f) == -1)
		return -1;
	say_set(o, s->payload, s->chunks, volumes_count(&s->volumes),
	    s->volumes.header.set);
	stop_does(NULL, NULL);
	volumes_close(&s->volumes);
	return 0;
}

static const struct action split_action = { one_prefix, run };

static bool
take(struct options *o, int c)
{
	struct volumes *v = &o->split.volumes;

	switch (c) {
	case 'b':
		choose(o, &split_action);
		v->size = opts_size(name, "-b", VOLUME_SIZE_MIN,
		    UINT64_C(1) << 50, 1);
		return true;
	case 'n':
		choose(o, &split_action);
		v->count = (uint32_t)opts_count(name, "-n", 1, 1000);
		return true;
	case OPT_FILTER:
		v->command = take_command("--filter");
		return true;
	case 'f':
		v->replace = true;
		return true;
	default:
		return false;
	}
}

static void
check(const struct options *o)
{
	const struct volumes *v = &o->split.volumes;

	if (o->action != &split_action && (v->command != NULL || v->replace))
		opts_wrong(name, "--filter and -f go with -b or -n");
	if (v->command != NULL && v->replace)
		opts_wrong(name, "-f is for files, not for --filter");
}

const struct family split_family = { take, check };
