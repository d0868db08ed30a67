/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit-options.c - the command line of xc-emit.
 */
#include <getopt.h>
#include <limits.h>
#include <string.h>

#include "precopy.h"
#include "xc-emit.h"

#define TIMEOUT_DEFAULT	60	/* seconds */
#define DOWNTIME_MAX	3600000	/* ms */
#define INTERVAL_MIN	10	/* ms */
#define INTERVAL_MAX	3600000

const char name[] = "xc-emit";

static const char help[] =
"usage: xc-emit [-c | -p] [options] DOMAIN > stream\n"
"       xc-emit --checkpoint INTERVAL [--count N] [options] DOMAIN > stream\n"
"       xc-emit --image FILE [options] > stream\n"
"       xc-emit --for FILE --dry-run DOMAIN\n"
"       xc-emit --settle < receipt\n"
"       xc-emit --state DOMAIN | MOVE\n"
"       xc-emit --resume [-f] DOMAIN\n"
"       xc-emit --destroy [-f] DOMAIN\n"
"\n"
"Suspends the domain and writes it to stdout; it stays suspended until a\n"
"receipt of xc-absorb, or you, say what becomes of it.\n"
"\n"
"  -c                       a snapshot: the domain runs on afterwards\n"
"  -p                       a snapshot: the domain is left paused\n"
"  --image FILE             write what xc-absorb --image stored; no domain\n"
"  -o, --output FILE        write to FILE, which is there when the stream is\n"
"                           whole, or not at all\n"
"  --replace                with -o: though FILE is there: the new one takes its\n"
"                           place\n"
"  --live                   let the domain run while most is written\n"
"  --try-live               that, if it can be saved so\n"
"  --checkpoint INTERVAL    let it run, and send a checkpoint each INTERVAL,\n"
"                           10ms to 3600s, for xc-absorb --standby; until\n"
"                           SIGTERM or SIGINT, which tell it that the domain\n"
"                           stays here\n"
"  --count N                or until N were sent\n"
"  --max-rounds N           with --live: stop it after N rounds, 1 to 100\n"
"                           (default 5)\n"
"  --stop-dirty N           or when fewer than N pages are dirty (default 50)\n"
"  --max-downtime MS        or only when the rest takes at most MS milliseconds,\n"
"                           1 to 3600000; if it never does, give up\n"
"  --for FILE               refuse, before anything is done, if the host that\n"
"                           made this offer (xc-absorb --offer) cannot take it;\n"
"                           - is stdin\n"
"  --dry-run                with --for: only say whether it can\n"
"  --settle                 read the receipt of a move from stdin: destroy the\n"
"                           domain that has arrived, and print a grant for\n"
"                           xc-absorb --go; resume one that has not (5)\n"
"  --state                  print what is noted of a domain's move\n"
"  --resume                 let a domain that was left suspended run again\n"
"  --destroy                destroy a domain that was left suspended\n"
"  -f, --force              send or resume a domain though a copy of it may run;\n"
"                           destroy one though no copy can; or one that xc-emit\n"
"                           did not suspend\n"
"  --xl                     save it by xl in any case\n"
"  --no-xl                  refuse a domain that has devices or a device model,\n"
"                           which xl saves otherwise\n"
"  --memory-only            leave devices and device model out\n"
"  --no-config              leave our GUEST_CONFIG record out\n"
"  --suspend-timeout N      seconds to wait for the guest's answer, 1 to 3600\n"
"                           (default 60)\n"
"  --timeout N              give up when nothing moves for N seconds, 1 to 86400\n"
"                           (default: never)\n"
OPTS_HELP_PROGRESS
"  -q, --quiet              say errors only\n"
"  -v, --verbose            say more, on stderr\n"
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 Xen, I/O or memory, 2 usage, 3 offer or image\n"
"malformed, 4 image damaged, 5 refused (FILE is there, paused, devices, not\n"
"suspended, --live not possible or over --max-downtime, a copy may run, no\n"
"receipt of a move from here, or one that says that it failed, the other\n"
"host).\n";

static const char examples[] =
"Examples:\n"
"  Move guest 7 to the host dst:\n"
"    xc-emit 7 | rec-compress | ssh dst xc-absorb | xc-emit --settle\n"
"  Stop it for at most 300 ms:\n"
"    xc-emit --live --max-downtime 300 7 | rec-compress |\n"
"        ssh dst xc-absorb | xc-emit --settle\n"
"  How does it stand with the move of guest 7?\n"
"    xc-emit --state 7\n"
"  A snapshot, which is there only if it is whole:\n"
"    xc-emit -c -o mail.rec 7\n";

/* The options that have no letter. */
enum {
	OPT_IMAGE = 256, OPT_REPLACE, OPT_SETTLE, OPT_STATE, OPT_RESUME,
	OPT_DESTROY, OPT_LIVE, OPT_TRY_LIVE, OPT_CHECKPOINT, OPT_COUNT,
	OPT_MAX_ROUNDS, OPT_STOP_DIRTY, OPT_MAX_DOWNTIME, OPT_FOR,
	OPT_DRY_RUN, OPT_XL, OPT_NO_XL, OPT_MEMORY_ONLY, OPT_NO_CONFIG,
	OPT_SUSPEND_TIMEOUT, OPT_TIMEOUT
};

static const struct option longs[] = {
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "output", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "settle", no_argument, NULL, OPT_SETTLE },
	{ "state", no_argument, NULL, OPT_STATE },
	{ "resume", no_argument, NULL, OPT_RESUME },
	{ "destroy", no_argument, NULL, OPT_DESTROY },
	{ "force", no_argument, NULL, 'f' },
	{ "live", no_argument, NULL, OPT_LIVE },
	{ "try-live", no_argument, NULL, OPT_TRY_LIVE },
	{ "checkpoint", required_argument, NULL, OPT_CHECKPOINT },
	{ "count", required_argument, NULL, OPT_COUNT },
	{ "max-rounds", required_argument, NULL, OPT_MAX_ROUNDS },
	{ "stop-dirty", required_argument, NULL, OPT_STOP_DIRTY },
	{ "max-downtime", required_argument, NULL, OPT_MAX_DOWNTIME },
	{ "for", required_argument, NULL, OPT_FOR },
	{ "dry-run", no_argument, NULL, OPT_DRY_RUN },
	{ "xl", no_argument, NULL, OPT_XL },
	{ "no-xl", no_argument, NULL, OPT_NO_XL },
	{ "memory-only", no_argument, NULL, OPT_MEMORY_ONLY },
	{ "no-config", no_argument, NULL, OPT_NO_CONFIG },
	{ "suspend-timeout", required_argument, NULL, OPT_SUSPEND_TIMEOUT },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	OPTS_WORDS
};

static void
take_action(struct options *o, enum errand action)
{
	if (o->action != EMIT)
		opts_wrong(name, "one of --image, --settle, --state, "
		    "--resume, --destroy and --dry-run");
	o->action = action;
}

/* The options that are numbers. */
static void
take_number(struct options *o, int c)
{
	struct save_how *how = &o->emit.how;

	switch (c) {
	case OPT_MAX_ROUNDS:
		how->max_rounds = (unsigned)opts_count(name, "--max-rounds",
		    1, PRECOPY_ROUNDS_MAX);
		break;
	case OPT_STOP_DIRTY:
		how->stop_dirty = (uint64_t)opts_count(name, "--stop-dirty",
		    0, LONG_MAX);
		break;
	case OPT_MAX_DOWNTIME:
		how->max_downtime = (unsigned)opts_count(name,
		    "--max-downtime", 1, DOWNTIME_MAX);
		break;
	case OPT_SUSPEND_TIMEOUT:
		how->timeout = (unsigned)opts_count(name,
		    "--suspend-timeout", 1, 3600);
		o->emit_only = true;
		return;
	case OPT_TIMEOUT:
		o->emit.silence = (unsigned)opts_count(name, "--timeout", 1,
		    86400);
		return;
	}
	o->live_only = true;
}

/* --checkpoint's: a number with ms or s behind it, in ms. */
static unsigned
take_interval(void)
{
	static const struct {
		const char *unit;
		unsigned ms;
	} units[] = { { "ms", 1 }, { "s", 1000 } };
	size_t digits = strspn(optarg, "0123456789"), i;
	char number[16] = "";
	long n;

	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(optarg + digits, units[i].unit) != 0 ||
		    digits >= sizeof(number))
			continue;
		memcpy(number, optarg, digits);
		if (opts_number(number, 1, INTERVAL_MAX, &n) == 0 &&
		    n * units[i].ms >= INTERVAL_MIN &&
		    n * units[i].ms <= INTERVAL_MAX)
			return (unsigned)n * units[i].ms;
	}
	opts_wrong(name, "--checkpoint takes an interval, 10ms to 3600s, not "
	    "'%s'", optarg);
}

/* The options of a checkpointed stream. */
static void
take_pace(struct options *o, int c)
{
	struct emit *e = &o->emit;

	switch (c) {
	case OPT_CHECKPOINT:
		e->how.pace.interval = take_interval();
		e->how.live = e->snapshot = true;
		return;
	case OPT_COUNT:
		e->how.pace.count = (uint64_t)opts_count(name, "--count", 1,
		    LONG_MAX);
		break;
	}
	o->pace_only = true;
}

/* The options that name files. */
static void
take_file(struct options *o, int c)
{
	switch (c) {
	case OPT_IMAGE:
		take_action(o, IMAGE);
		o->image_path = opts_file(name, "--image");
		break;
	case 'o':
		o->out_path = opts_file(name, "-o");
		break;
	case OPT_FOR:
		o->offer_path = optarg;
		break;
	}
}

static void
take_way(struct emit *e, enum save_way way)
{
	if (e->way != SAVE_AS_NEEDED && e->way != way)
		opts_wrong(name, "one of --xl, --no-xl and --memory-only");
	e->way = way;
}

static void
take(struct options *o, int c, const char *given)
{
	struct emit *e = &o->emit;

	switch (c) {
	case 'p':
		e->pause = true;
		/* FALLTHROUGH */
	case 'c':
		e->snapshot = true;
		break;
	case OPT_SETTLE:
		take_action(o, SETTLE);
		break;
	case OPT_STATE:
		take_action(o, STATE);
		break;
	case OPT_RESUME:
		take_action(o, RESUME);
		break;
	case OPT_DESTROY:
		take_action(o, DESTROY);
		break;
	case 'f':
		e->force = true;
		break;
	case OPT_IMAGE:
	case 'o':
	case OPT_FOR:
		take_file(o, c);
		break;
	case OPT_REPLACE:
		o->replace = true;
		break;
	case OPT_DRY_RUN:
		take_action(o, CHECK);
		break;
	case OPT_XL:
		take_way(e, SAVE_WITH_XL);
		break;
	case OPT_NO_XL:
		take_way(e, SAVE_WITHOUT_XL);
		break;
	case OPT_MEMORY_ONLY:
		take_way(e, SAVE_MEMORY_ONLY);
		break;
	case OPT_NO_CONFIG:
		e->no_config = true;
		break;
	case OPT_LIVE:
		e->how.live = true;
		break;
	case OPT_TRY_LIVE:
		e->try_live = true;
		break;
	case OPT_CHECKPOINT:
	case OPT_COUNT:
		take_pace(o, c);
		break;
	case OPT_MAX_ROUNDS:
	case OPT_STOP_DIRTY:
	case OPT_MAX_DOWNTIME:
	case OPT_SUSPEND_TIMEOUT:
	case OPT_TIMEOUT:
		take_number(o, c);
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

void
options_read(struct options *o, int argc, char *argv[])
{
	struct save_how *how = &o->emit.how;
	int c;

	o->action = EMIT;
	how->timeout = TIMEOUT_DEFAULT;
	how->max_rounds = PRECOPY_ROUNDS;
	how->stop_dirty = PRECOPY_STOP_DIRTY;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":cpfo:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	options_check(o, argc - optind);
	if (how->pace.interval > 0 && o->emit.way == SAVE_AS_NEEDED)
		o->emit.way = SAVE_CHECKPOINTS;
	o->emit.tool = name;
	o->emit.domain = argv[optind];
	o->emit.quiet = o->common.quiet;
	o->emit.verbose = o->common.verbose;
	o->emit.stats = o->common.stats;
}
