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

static const struct option longs[] = {
	{ "image", required_argument, NULL, 'I' },
	{ "output", required_argument, NULL, 'o' },
	{ "replace", no_argument, NULL, 'P' },
	{ "settle", no_argument, NULL, 'S' },
	{ "state", no_argument, NULL, 'N' },
	{ "resume", no_argument, NULL, 'R' },
	{ "destroy", no_argument, NULL, 'D' },
	{ "force", no_argument, NULL, 'f' },
	{ "live", no_argument, NULL, 'l' },
	{ "try-live", no_argument, NULL, 'y' },
	{ "checkpoint", required_argument, NULL, 'k' },
	{ "count", required_argument, NULL, 'K' },
	{ "max-rounds", required_argument, NULL, 'r' },
	{ "stop-dirty", required_argument, NULL, 'd' },
	{ "max-downtime", required_argument, NULL, 'w' },
	{ "for", required_argument, NULL, 'F' },
	{ "dry-run", no_argument, NULL, 'C' },
	{ "xl", no_argument, NULL, 'x' },
	{ "no-xl", no_argument, NULL, 'X' },
	{ "memory-only", no_argument, NULL, 'm' },
	{ "no-config", no_argument, NULL, 'n' },
	{ "suspend-timeout", required_argument, NULL, 's' },
	{ "timeout", required_argument, NULL, 't' },
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
	case 'r':
		how->max_rounds = (unsigned)opts_count(name, "--max-rounds",
		    1, PRECOPY_ROUNDS_MAX);
		break;
	case 'd':
		how->stop_dirty = (uint64_t)opts_count(name, "--stop-dirty",
		    0, LONG_MAX);
		break;
	case 'w':
		how->max_downtime = (unsigned)opts_count(name,
		    "--max-downtime", 1, DOWNTIME_MAX);
		break;
	case 's':
		how->timeout = (unsigned)opts_count(name,
		    "--suspend-timeout", 1, 3600);
		o->emit_only = true;
		return;
	case 't':
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
	case 'k':
		e->how.pace.interval = take_interval();
		e->how.live = e->snapshot = true;
		return;
	case 'K':
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
	case 'I':
		take_action(o, IMAGE);
		o->image_path = opts_file(name, "--image");
		break;
	case 'o':
		o->out_path = opts_file(name, "-o");
		break;
	case 'F':
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
take_option(struct options *o, int c, const char *given)
{
	struct emit *e = &o->emit;

	switch (c) {
	case 'p':
		e->pause = true;
		/* FALLTHROUGH */
	case 'c':
		e->snapshot = true;
		break;
	case 'S':
		take_action(o, SETTLE);
		break;
	case 'N':
		take_action(o, STATE);
		break;
	case 'R':
		take_action(o, RESUME);
		break;
	case 'D':
		take_action(o, DESTROY);
		break;
	case 'f':
		e->force = true;
		break;
	case 'I':
	case 'o':
	case 'F':
		take_file(o, c);
		break;
	case 'P':
		o->replace = true;
		break;
	case 'C':
		take_action(o, CHECK);
		break;
	case 'x':
		take_way(e, SAVE_WITH_XL);
		break;
	case 'X':
		take_way(e, SAVE_WITHOUT_XL);
		break;
	case 'm':
		take_way(e, SAVE_MEMORY_ONLY);
		break;
	case 'n':
		e->no_config = true;
		break;
	case 'l':
		e->how.live = true;
		break;
	case 'y':
		e->try_live = true;
		break;
	case 'k':
	case 'K':
		take_pace(o, c);
		break;
	case 'r':
	case 'd':
	case 'w':
	case 's':
	case 't':
		take_number(o, c);
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

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

/* Refuses what makes no sense together. */
static void
check_options(const struct options *o, int operands)
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
		take_option(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	check_options(o, argc - optind);
	if (how->pace.interval > 0 && o->emit.way == SAVE_AS_NEEDED)
		o->emit.way = SAVE_CHECKPOINTS;
	o->emit.tool = name;
	o->emit.domain = argv[optind];
	o->emit.quiet = o->common.quiet;
	o->emit.verbose = o->common.verbose;
	o->emit.stats = o->common.stats;
}
