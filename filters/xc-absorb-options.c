/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-absorb-options.c - the command line of xc-absorb.
 */
#include <getopt.h>
#include <string.h>

#include <sodium.h>

#include "keys.h"
#include "xc-absorb.h"

/* Pages: what is followed packs against all that came, and lasts. */
#define STANDBY_MEMORY	(UINT32_C(1) << 18)
#define PAGES_PER_MIB	256
#define MIB_MAX		(1L << 32)
#define VCPUS_MAX	4096
#define PFN_MAX		((1L << 52) - 1)

const char name[] = "xc-absorb";

static const char help[] =
"usage: xc-absorb [options] < stream\n"
"       xc-absorb -t [options] < stream\n"
"       xc-absorb --standby [--fence COMMAND | --takeover] [options] < stream\n"
"       xc-absorb --image FILE [--replace] [options] < stream\n"
"       xc-absorb --offer\n"
"       xc-absorb --go < grant\n"
"       xc-absorb --state MOVE\n"
"       xc-absorb --refuse MOVE\n"
"\n"
"Makes the domain that the stream describes and lets it run; a save file of\n"
"xl's by xl restore. Prints a receipt, one line of JSON, on stdout.\n"
"Compressed streams are unpacked, check data is verified.\n"
"\n"
"  -p                       leave the domain paused\n"
"  --unpause                let it run even if the stream is a snapshot (xc-emit\n"
"                           -c)\n"
"  -f, --force              take a move that failed or was refused here before,\n"
"                           or whose copy is gone: neither its source nor\n"
"                           another copy runs\n"
"  --standby                follow a domain that sends checkpoints (xc-emit\n"
"                           --checkpoint); when its stream breaks, hold the copy\n"
"                           as of the last whole one, paused. A line of JSON for\n"
"                           each\n"
"  --fence COMMAND          then run COMMAND, which stops the source for sure,\n"
"                           and let the copy run if it exits 0\n"
"  --takeover               then let it run in any case: two of it may run\n"
"  -t, --test               check the stream, create nothing\n"
"  --json                   with -t: say what it came to, as JSON on stdout\n"
"  --image FILE             store it, of any kind, in FILE: each page once, at a\n"
"                           place of its own; xc-emit --image gives it back\n"
"  --replace                with --image: though FILE is there: the new one\n"
"                           takes its place\n"
"  --offer                  what this host has for a guest, as JSON: xc-emit\n"
"                           --for\n"
"  --go                     let the paused domain run whose source was\n"
"                           destroyed: the grant that xc-emit --settle printed\n"
"                           says so\n"
"  --state MOVE             print the receipt of a move, 32 hex digits, again;\n"
"                           or \"absorbing\", \"broken\", \"gone\", \"unknown\", which\n"
"                           settle nothing\n"
"  --refuse MOVE            take no copy of this move any more, remove what is\n"
"                           left of one, and print the receipt that resumes its\n"
"                           source\n"
"  --name NAME              the domain's name\n"
"  --uuid new|UUID          the domain's uuid\n"
"  --config FILE            a configuration for xl, in the place of the one that\n"
"                           a save file of xl's has; for virsh's, which has none\n"
"                           for xl, with --name\n"
"  --no-xl                  refuse streams of libxl's, of guests with devices: xl\n"
"                           does what their configuration says, as root\n"
"  --max-mem MIB            its memory limit\n"
"  --max-vcpus N            its number of vcpus, 1 to 4096\n"
KEYRING_HELP
"  -M, --memory SIZE        of a compressed stream: the largest window to take,\n"
"                           1M to 16G (default 256M, of --standby 1G)\n"
"  --max-pfn N              refuse pages above this pfn (default 4294967296; for\n"
"                           PV guests less, in proportion to their memory)\n"
"  --timeout N              give up when nothing moves for N seconds, 1 to 86400\n"
"                           (default: never)\n"
OPTS_HELP_THREADS
OPTS_HELP_PROGRESS
OPTS_HELP_TALK
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 Xen, I/O or memory, 2 usage, 3 stream malformed or\n"
"cut (--standby: and the copy is held), 4 damaged, 5 refused (name or uuid\n"
"taken, limits, a layer to undo first; a move that has or had a copy here,\n"
"failed or was refused; another process at work on it; no such move, no\n"
"grant; FILE is there).\n";

static const char examples[] =
"Examples:\n"
"  Take a guest from another host:\n"
"    ssh src 'xc-emit 7 | rec-compress' | xc-absorb | ssh src xc-emit --settle\n"
"  Check a file, here or on a machine without a hypervisor:\n"
"    xc-absorb -t -v < mail.rec\n"
"  A copy of a snapshot, beside the original:\n"
"    xc-absorb --unpause --name mail2 --uuid new < mail.rec\n"
"  Store a save file of xl, and bring it back:\n"
"    xc-absorb --image mail.img < mail.xl\n"
"    xc-emit --image mail.img | xl restore /dev/stdin\n";

/* The options that have no letter. */
enum {
	OPT_UNPAUSE = 256, OPT_JSON, OPT_STANDBY, OPT_FENCE, OPT_TAKEOVER,
	OPT_IMAGE, OPT_REPLACE, OPT_OFFER, OPT_GO, OPT_STATE, OPT_REFUSE,
	OPT_TIMEOUT, OPT_NAME, OPT_UUID, OPT_CONFIG, OPT_NO_XL, OPT_MAX_MEM,
	OPT_MAX_VCPUS, OPT_MAX_PFN
};

static const struct option longs[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "unpause", no_argument, NULL, OPT_UNPAUSE },
	{ "test", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "standby", no_argument, NULL, OPT_STANDBY },
	{ "fence", required_argument, NULL, OPT_FENCE },
	{ "takeover", no_argument, NULL, OPT_TAKEOVER },
	{ "image", required_argument, NULL, OPT_IMAGE },
	{ "replace", no_argument, NULL, OPT_REPLACE },
	{ "offer", no_argument, NULL, OPT_OFFER },
	{ "go", no_argument, NULL, OPT_GO },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "refuse", required_argument, NULL, OPT_REFUSE },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "name", required_argument, NULL, OPT_NAME },
	{ "uuid", required_argument, NULL, OPT_UUID },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "no-xl", no_argument, NULL, OPT_NO_XL },
	{ "max-mem", required_argument, NULL, OPT_MAX_MEM },
	{ "max-vcpus", required_argument, NULL, OPT_MAX_VCPUS },
	{ "max-pfn", required_argument, NULL, OPT_MAX_PFN },
	KEYRING_OPTIONS,
	OPTS_MEMORY,
	OPTS_THREADS,
	OPTS_WORDS
};

static void
take_action(struct options *o, enum action action)
{
	size_t n;

	if (o->action != ABSORB)
		opts_wrong(name, "one of -t, --standby, --image, --offer, "
		    "--go, --state and --refuse");
	o->action = action;
	if (action == IMAGE)
		o->path = opts_file(name, "--image");
	if ((action == STATE || action == REFUSE) &&
	    (strlen(optarg) != (size_t)2 * MOVE_SIZE ||
	    sodium_hex2bin(o->move, MOVE_SIZE, optarg, strlen(optarg), NULL,
	    &n, NULL) != 0 || n != MOVE_SIZE))
		opts_wrong(name, "a move is %u hex digits, not '%s'",
		    2 * MOVE_SIZE, optarg);
}

static void
take_uuid(struct overrides *by)
{
	by->uuid_set = true;
	if (strcmp(optarg, "new") == 0) {
		uuid_random(by->uuid);
	} else if (!uuid_parse(optarg, by->uuid)) {
		opts_wrong(name, "--uuid takes 'new' or a uuid");
	}
}

/* The options that say what domain it becomes.  Whether c is one. */
static bool
take_domain(struct absorb *a, int c)
{
	switch (c) {
	case 'p':
		a->pause = true;
		return true;
	case 'f':
		a->force = true;
		return true;
	case OPT_UNPAUSE:
		a->unpause = true;
		return true;
	case OPT_NAME:
		if (!keys_name_ok(optarg))
			opts_wrong(name, "no name for a domain: '%s'",
			    optarg);
		a->overrides.name = optarg;
		return true;
	case OPT_UUID:
		take_uuid(&a->overrides);
		return true;
	case OPT_CONFIG:
		a->config_file = opts_file(name, "--config");
		return true;
	case OPT_NO_XL:
		a->no_xl = true;
		return true;
	case OPT_MAX_MEM:
		a->overrides.max_pages = PAGES_PER_MIB * (uint64_t)
		    opts_count(name, "--max-mem", 1, MIB_MAX);
		return true;
	case OPT_MAX_VCPUS:
		a->overrides.vcpus = (uint64_t)opts_count(name,
		    "--max-vcpus", 1, VCPUS_MAX);
		return true;
	}
	return false;
}

static void
take(struct options *o, int c, const char *given)
{
	struct absorb *a = &o->absorb;

	switch (c) {
	case 't':
		take_action(o, TEST);
		break;
	case OPT_STANDBY:
		take_action(o, STANDBY);
		a->standby = true;
		break;
	case OPT_FENCE:
		a->fence = optarg;
		break;
	case OPT_TAKEOVER:
		a->takeover = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	case OPT_IMAGE:
		take_action(o, IMAGE);
		break;
	case OPT_REPLACE:
		o->replace = true;
		break;
	case OPT_OFFER:
		take_action(o, OFFER);
		break;
	case OPT_GO:
		take_action(o, GO);
		break;
	case OPT_STATE:
		take_action(o, STATE);
		break;
	case OPT_REFUSE:
		take_action(o, REFUSE);
		break;
	case OPT_MAX_PFN:
		a->max_pfn = (uint64_t)opts_count(name, "--max-pfn", 1,
		    PFN_MAX);
		break;
	case 'M':
		a->memory = opts_memory(name);
		break;
	case OPT_TIMEOUT:
		a->silence = (unsigned)opts_count(name, "--timeout", 1,
		    86400);
		break;
	default:
		if (take_domain(a, c))
			o->domain_only = true;
		else if (!keyring_take(&o->keys, name, c))
			opts_take(&o->common, name, help, examples, c, given);
	}
}

/* Refuses what makes no sense together. */
static void
check(const struct options *o)
{
	const struct absorb *a = &o->absorb;

	if (o->action == IMAGE && o->domain_only)
		opts_wrong(name, "with --image no domain is made: -p, -f, "
		    "--unpause, --name, --uuid, --config, --no-xl, --max-mem "
		    "and --max-vcpus are for one");
	if (o->action == STANDBY && (a->pause || a->unpause || a->force ||
	    a->config_file != NULL))
		opts_wrong(name, "-p, --unpause, -f and --config do not go "
		    "with --standby");
	if (o->action != STANDBY && (a->fence != NULL || a->takeover))
		opts_wrong(name, "--fence and --takeover go with --standby");
	if (a->fence != NULL && a->takeover)
		opts_wrong(name, "one of --fence and --takeover");
	if (o->absorb.config_file != NULL && (o->absorb.overrides.vcpus > 0 ||
	    o->absorb.overrides.max_pages > 0))
		opts_wrong(name, "--max-mem and --max-vcpus do not go with "
		    "--config, which says both");
	if (o->replace && o->action != IMAGE)
		opts_wrong(name, "--replace goes with --image");
	if (o->json && o->action != TEST)
		opts_wrong(name, "--json goes with -t");
}

void
options_read(struct options *o, int argc, char *argv[])
{
	struct absorb *a = &o->absorb;
	int c;

	o->common.threads = opts_threads("0");
	o->keys.phrase_fd = -1;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":pfti:M:T:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	check(o);
	if (a->standby && a->memory == 0)
		a->memory = STANDBY_MEMORY;
	a->tool = name;
	a->quiet = o->common.quiet;
	a->verbose = o->common.verbose;
	a->threads = o->common.threads;
}
