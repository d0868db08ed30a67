/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rec-split --collect, --feed: the stream again, of the lanes that come. */
#include <inttypes.h>
#include <unistd.h>

#include "feed.h"
#include "rec-split.h"
#include "stop.h"

#define LANES_DEFAULT	64u
#define TIMEOUT_DEFAULT	60u	/* s */

static int
run_collect(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	struct collect *c = &o->collect;

	(void)count;
	(void)operand;
	opts_no_terminal(name, STDOUT_FILENO);
	c->path = o->dir;
	c->out = STDOUT_FILENO;
	c->lanes = c->lanes == 0 ? LANES_DEFAULT : c->lanes;
	c->timeout = c->timeout == 0 ? TIMEOUT_DEFAULT : c->timeout;
	c->window = c->window == 0 ? KEPT_DEFAULT : c->window;
	c->news = tell_lane;
	stop_by_signals(NULL, name);
	if (collect_run(c, f) == -1)
		return -1;
	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks, %"
		    PRIu64 " came again", c->payload, c->chunks, c->again);
	return 0;
}

static int
run_feed(struct options *o, int count, char *const *operand,
    struct fault *f)
{
	(void)count;
	(void)operand;
	return feed_run(o->dir, STDIN_FILENO, STDOUT_FILENO, f);
}

static const struct action collect_action = { no_operands, run_collect },
    feed_action = { no_operands, run_feed };

static bool
take(struct options *o, int c)
{
	switch (c) {
	case OPT_COLLECT:
		choose(o, &collect_action);
		o->dir = opts_file(name, "--collect");
		return true;
	case OPT_FEED:
		choose(o, &feed_action);
		o->dir = opts_file(name, "--feed");
		return true;
	case OPT_LANES:
		o->collect.lanes = (unsigned)opts_count(name, "--lanes", 1,
		    COLLECT_LANES_MAX);
		return true;
	case OPT_WINDOW:
		o->collect.window = take_kept("--window");
		return true;
	case OPT_TIMEOUT:
		o->collect.timeout = take_seconds("--timeout");
		return true;
	default:
		return false;
	}
}

static void
check(const struct options *o)
{
	if (o->action != &collect_action && (o->collect.lanes != 0 ||
	    o->collect.window != 0 || o->collect.timeout != 0))
		opts_wrong(name, "--lanes, --window and --timeout go with "
		    "--collect");
}

const struct family collect_family = { take, check };
