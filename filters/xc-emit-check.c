/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit-check.c - which options of xc-emit go together.
 */
#include "xc-emit.h"

static void
check_operands(const struct options *o, int operands)
{
	if (o->action == SETTLE && operands != 0)
		opts_wrong(name, "--settle takes no operand: the receipt is "
		    "on stdin");
	if (o->action == IMAGE && operands != 0)
		opts_wrong(name, "with --image no domain is named");
	if (o->action != SETTLE && o->action != IMAGE && operands != 1)
		opts_wrong(name, "one domain is to be named, by number or "
		    "name");
}

/* What goes with a stream, of a domain or of an image. */
static void
check_stream(const struct options *o)
{
	const struct emit *e = &o->emit;

	if (o->action == IMAGE && (e->snapshot || e->how.live ||
	    e->try_live || e->force ||
	    e->way != SAVE_AS_NEEDED || e->no_config || o->emit_only ||
	    o->offer_path != NULL))
		opts_wrong(name, "--image takes --timeout, -o, --replace, -q "
		    "and -v: the others are for a domain");
	if (o->action != EMIT && o->action != IMAGE && (o->out_path != NULL ||
	    e->silence > 0))
		opts_wrong(name, "-o and --timeout go with a stream");
	if (o->replace && o->out_path == NULL)
		opts_wrong(name, "--replace goes with -o");
}

/* What goes with checkpoints, and what does not. */
static void
check_pace(const struct options *o)
{
	const struct emit *e = &o->emit;

	if (e->how.pace.interval == 0) {
		if (o->pace_only)
			opts_wrong(name, "--count goes with --checkpoint");
		return;
	}
	if (e->pause || e->no_config || e->try_live ||
	    e->way == SAVE_WITH_XL)
		opts_wrong(name, "-p, --no-config, --try-live and --xl do not "
		    "go with --checkpoint");
	if (o->action != EMIT)
		opts_wrong(name, "--checkpoint goes with a domain");
}

void
options_check(const struct options *o, int operands)
{
	check_operands(o, operands);
	check_stream(o);
	if (o->offer_path != NULL && ((o->action != EMIT &&
	    o->action != CHECK) || o->emit.no_config))
		opts_wrong(name, "--for goes with a stream for xc-absorb");
	if (o->action == CHECK && o->offer_path == NULL)
		opts_wrong(name, "--dry-run goes with --for");
	if (o->action != EMIT && (o->emit.snapshot || o->emit_only))
		opts_wrong(name, "-c, -p and --suspend-timeout go with a "
		    "stream");
	if (o->action != EMIT && o->action != CHECK &&
	    (o->emit.how.live || o->emit.try_live))
		opts_wrong(name, "--live and --try-live go with a stream");
	check_pace(o);
	if (o->live_only && !o->emit.how.live)
		opts_wrong(name, "--max-rounds, --stop-dirty and "
		    "--max-downtime go with --live");
	if (o->action == SETTLE && o->emit.force)
		opts_wrong(name, "-f does not go with --settle: the receipt "
		    "decides");
}
