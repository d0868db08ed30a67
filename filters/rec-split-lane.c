/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split --lane: a stream over many connections. */
#include <inttypes.h>
#include <unistd.h>

#include "rec-split.h"
#include "stop.h"

static void
say(const struct lanes *l)
{
	unsigned i;

	fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks, %" PRIu64
	    " sent again", l->bytes, l->chunks, l->again);
	for (i = 0; i < l->count; i++)
		fault_tell(name, "lane %u: %" PRIu64 " chunks", i,
		    l->lane[i].chunks);
}

static int
run(struct options *o, int count, char *const *operand, struct fault *f)
{
	struct lanes *l = &o->lanes;

	(void)count;
	(void)operand;
	opts_no_terminal(name, STDIN_FILENO);
	l->in = STDIN_FILENO;
	l->threads = o->common.threads;
	l->spool = l->spool == 0 ? KEPT_DEFAULT : l->spool;
	l->news = tell_lane;
	stop_does(lanes_stop, l);
	stop_by_signals(NULL, name);
	if (lanes_run(l, f) == -1)
		return -1;
	stop_does(NULL, NULL);
	if (o->common.verbose)
		say(l);
	lanes_free(l);
	return 0;
}

static const struct action lane_action = { no_operands, run };

/* The first one chooses what is done, the others are added to it. */
static void
take_lane(struct options *o)
{
	struct lanes *l = &o->lanes;

	if (o->action != &lane_action)
		choose(o, &lane_action);
	if (l->count == LANES_MAX)
		opts_wrong(name, "no more than %u lanes", LANES_MAX);
	l->command[l->count++] = take_command("--lane");
}

static bool
take(struct options *o, int c)
{
	switch (c) {
	case OPT_LANE:
		take_lane(o);
		return true;
	case OPT_SPOOL:
		o->lanes.spool = take_kept("--spool");
		return true;
	case OPT_RECONNECT:
		o->lanes.reconnect = take_seconds("--reconnect");
		return true;
	default:
		return false;
	}
}

static void
check(const struct options *o)
{
	if (o->action != &lane_action && (o->lanes.spool != 0 ||
	    o->lanes.reconnect != 0))
		opts_wrong(name, "--spool and --reconnect go with --lane");
}

const struct family lane_family = { take, check };
