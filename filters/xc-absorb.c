/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-absorb - a stream on stdin as a domain of this host, or as a file.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb
 *     xc-emit -c --live 7 | xc-absorb --image mail.img
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "absorb.h"
#include "account.h"
#include "copy.h"
#include "fault.h"
#include "guard.h"
#include "guest.h"
#include "keep.h"
#include "offer.h"
#include "opts.h"
#include "pmap.h"
#include "receipt.h"

#define PAGES_PER_MIB	256
#define MIB_MAX		(1L << 32)
#define VCPUS_MAX	4096
#define PFN_MAX		((1L << 52) - 1)

static const char name[] = "xc-absorb";

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
"  -p                leave the domain paused\n"
"  -f, --force       take a move that failed or was refused here before, or\n"
"                    whose copy is gone: neither its source nor another copy\n"
"                    runs\n"
"  --unpause         let it run even if the stream is a snapshot (xc-emit -c)\n"
"  --standby         follow a domain that sends checkpoints (xc-emit\n"
"                    --checkpoint); when its stream breaks, hold the copy as of\n"
"                    the last whole one, paused. A line of JSON for each\n"
"  --fence COMMAND   then run COMMAND, which stops the source for sure, and let\n"
"                    the copy run if it exits 0\n"
"  --takeover        then let it run in any case: two of it may run\n"
"  -t                check the stream, create nothing\n"
"  --json            with -t: say what it came to, as JSON on stdout\n"
"  --image FILE      store it, of any kind, in FILE: each page once, at a\n"
"                    place of its own; xc-emit --image gives it back\n"
"  --replace         though FILE is there: the new one takes its place\n"
"  --offer           what this host has for a guest, as JSON: xc-emit --for\n"
"  --go              let the paused domain run whose source was destroyed:\n"
"                    the grant that xc-emit --settle printed says so\n"
"  --state MOVE      print the receipt of a move, 32 hex digits, again; or\n"
"                    \"absorbing\", \"broken\", \"gone\", \"unknown\", which settle\n"
"                    nothing\n"
"  --refuse MOVE     take no copy of this move any more, remove what is left\n"
"                    of one, and print the receipt that resumes its source\n"
"  --name NAME       the domain's name\n"
"  --uuid new|UUID   the domain's uuid\n"
"  --config FILE     a configuration for xl, in the place of the one that a\n"
"                    save file of xl's has; for virsh's, which has none for xl,\n"
"                    with --name\n"
"  --max-mem MIB     its memory limit\n"
"  --max-vcpus N     its number of vcpus, 1 to 4096\n"
"  --max-pfn N       refuse pages above this pfn (default 4294967296; for PV\n"
"                    guests less, in proportion to their memory)\n"
KEYRING_HELP
"  -M SIZE           of a compressed stream: the largest window to take, 1M to\n"
"                    16G (default 256M)\n"
"  --timeout N       give up when nothing moves for N seconds, 1 to 86400\n"
"                    (default: never)\n"
"  -T N              threads, 1 to 256; 0: one per processor (default 0)\n"
"  -q, -v            say less; say more, on stderr\n"
"  -h, -V            this help; the version\n"
"\n"
"Exit status: 0 done, 1 Xen, I/O or memory, 2 usage, 3 stream malformed or\n"
"cut (--standby: and the copy is held), 4 damaged, 5 refused (name or uuid taken, limits, a layer to undo\n"
"first; a move that has or had a copy here, failed or was refused; another\n"
"process at work on it; no such move, no grant; FILE is there).\n";

enum action { ABSORB, STANDBY, TEST, IMAGE, OFFER, GO, STATE, REFUSE };

struct options {
	enum action action;
	uint8_t move[MOVE_SIZE];	/* STATE, REFUSE */
	const char *path;		/* IMAGE */
	bool replace;
	bool json;		/* TEST */
	bool domain_only;	/* an option was given that needs a domain */
	struct absorb absorb;
	struct keyring keys;
	struct opts common;
};

/* -t: the opener alone. */
static int
check_only(const struct options *o)
{
	const struct absorb *a = &o->absorb;
	struct opener op = {
		.overrides = &a->overrides, .config_file = a->config_file,
		.lint = { .max_pfn = a->max_pfn },
		.layers.memory = a->memory,
		.keys = a->keys,
	};
	char digest[2 * TALLY_DIGEST_SIZE + 1];
	struct fault f;

	if (opener_run(&op, STDIN_FILENO, a->threads, &f) == -1)
		fault_exit(name, &f);
	hex_print(op.summary.digest, TALLY_DIGEST_SIZE, digest);
	if (o->common.verbose)
		fault_tell(name, "%s '%s', %" PRIu64 " records, %" PRIu64
		    " pages, digest %s", config_type_name(op.config.type),
		    op.config.name, op.summary.records, op.summary.pages,
		    digest);
	if (o->json && account_print(&op, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* --image: the opener, and a file.  No Xen. */
static int
store(const struct options *o)
{
	struct fault f;

	if (keep_run(&o->absorb, o->path, o->replace, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

/* Asks for and prints what this host has for a guest. */
static int
print_offer(struct guest *g, struct fault *f)
{
	struct offer offer;
	int result;

	if (guest_offer(g, &offer, f) == -1)
		return -1;
	result = offer_print(&offer, f);
	offer_free(&offer);
	return result;
}

/* --offer, --go, --state and --refuse. */
static int
act(const struct options *o)
{
	struct fault f;
	struct guest *g = guest_open(name, o->common.verbose, &f);
	struct grant grant;
	int result;

	if (g == NULL)
		fault_exit(name, &f);
	if (o->action == OFFER)
		result = print_offer(g, &f);
	else if (o->action == STATE)
		result = copy_tell(g, o->move, &f);
	else if (o->action == REFUSE)
		result = copy_refuse(g, o->move, &f);
	else if ((result = grant_read(&grant, &f)) == 0)
		result = copy_go(g, &grant, &f);
	guest_close(g);
	if (result == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

static const struct option longs[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "unpause", no_argument, NULL, 'u' },
	{ "test", no_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "standby", no_argument, NULL, 'y' },
	{ "fence", required_argument, NULL, 'F' },
	{ "takeover", no_argument, NULL, 'k' },
	{ "image", required_argument, NULL, 'I' },
	{ "replace", no_argument, NULL, 'R' },
	{ "offer", no_argument, NULL, 'o' },
	{ "go", no_argument, NULL, 'g' },
	{ "state", required_argument, NULL, 's' },
	{ "refuse", required_argument, NULL, 'r' },
	{ "timeout", required_argument, NULL, 'w' },
	{ "name", required_argument, NULL, 'n' },
	{ "uuid", required_argument, NULL, 'U' },
	{ "config", required_argument, NULL, 'C' },
	{ "max-mem", required_argument, NULL, 'm' },
	{ "max-vcpus", required_argument, NULL, 'c' },
	{ "max-pfn", required_argument, NULL, 'x' },
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
	case 'u':
		a->unpause = true;
		return true;
	case 'n':
		if (!keys_name_ok(optarg))
			opts_wrong(name, "no name for a domain: '%s'",
			    optarg);
		a->overrides.name = optarg;
		return true;
	case 'U':
		take_uuid(&a->overrides);
		return true;
	case 'C':
		a->config_file = opts_file(name, "--config");
		return true;
	case 'm':
		a->overrides.max_pages = PAGES_PER_MIB * (uint64_t)
		    opts_count(name, "--max-mem", 1, MIB_MAX);
		return true;
	case 'c':
		a->overrides.vcpus = (uint64_t)opts_count(name,
		    "--max-vcpus", 1, VCPUS_MAX);
		return true;
	}
	return false;
}

static void
take_option(struct options *o, int c, const char *given)
{
	struct absorb *a = &o->absorb;

	switch (c) {
	case 't':
		take_action(o, TEST);
		break;
	case 'y':
		take_action(o, STANDBY);
		a->standby = true;
		break;
	case 'F':
		a->fence = optarg;
		break;
	case 'k':
		a->takeover = true;
		break;
	case 'j':
		o->json = true;
		break;
	case 'I':
		take_action(o, IMAGE);
		break;
	case 'R':
		o->replace = true;
		break;
	case 'o':
		take_action(o, OFFER);
		break;
	case 'g':
		take_action(o, GO);
		break;
	case 's':
		take_action(o, STATE);
		break;
	case 'r':
		take_action(o, REFUSE);
		break;
	case 'x':
		a->max_pfn = (uint64_t)opts_count(name, "--max-pfn", 1,
		    PFN_MAX);
		break;
	case 'M':
		a->memory = opts_memory(name);
		break;
	case 'w':
		a->silence = (unsigned)opts_count(name, "--timeout", 1,
		    86400);
		break;
	default:
		if (take_domain(a, c))
			o->domain_only = true;
		else if (!keyring_take(&o->keys, name, c))
			opts_take(&o->common, name, help, c, given);
	}
}

/* Refuses what makes no sense together. */
static void
check_options(const struct options *o)
{
	const struct absorb *a = &o->absorb;

	if (o->action == IMAGE && o->domain_only)
		opts_wrong(name, "with --image no domain is made: -p, -f, "
		    "--unpause, --name, --uuid, --config, --max-mem and "
		    "--max-vcpus are for one");
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

/* The keys of a sealed stream, if it is one. */
static void
load_keys(struct options *o)
{
	struct fault f;

	if (!o->keys.given)
		return;
	if (guard_secrets(&f) == -1 || keyring_load(&o->keys, &f) == -1)
		fault_exit(name, &f);
	o->absorb.keys = &o->keys;
}

/* The stream on stdin to a domain.  Returns in neither process. */
static _Noreturn void
absorb(const struct options *o)
{
	struct pair p;
	struct fault f;

	if (pair_fork(&p, false, &f) == -1)
		fault_exit(name, &f);
	if (p.child == 0 && o->absorb.keys != NULL)
		keyring_free(o->absorb.keys);	/* the opener's alone */
	if (p.child == 0)
		exit(restorer_run(&p, &o->absorb));
	_exit(opener_main(&p, &o->absorb));	/* threads may be at work */
}

int
main(int argc, char *argv[])
{
	struct options o = {
		.common.threads = opts_threads("0"), .keys.phrase_fd = -1,
	};
	struct fault f;
	int c;

	opts_descriptors();
	opterr = 0;
	if (sodium_init() == -1) {
		fault_set(&f, EXIT_SYSTEM, "no random numbers");
		fault_exit(name, &f);
	}
	o.absorb.tool = name;
	while ((c = getopt_long(argc, argv, ":pfti:M:T:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take_option(&o, c, argv[optind - 1]);
	opts_end(&o.common, name);
	if (optind != argc)
		opts_wrong(name, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
	check_options(&o);
	o.absorb.quiet = o.common.quiet;
	o.absorb.verbose = o.common.verbose;
	o.absorb.threads = o.common.threads;
	if (o.action == OFFER || o.action == STATE || o.action == REFUSE)
		return act(&o);
	opts_no_terminal(name, STDIN_FILENO);
	load_keys(&o);
	if (o.action == TEST)
		return check_only(&o);
	if (o.action == IMAGE)
		return store(&o);
	if (o.action == GO)
		return act(&o);
	absorb(&o);
}
