/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-absorb - a stream on stdin as a domain of this host.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "absorb.h"
#include "fault.h"
#include "guest.h"
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
"\n"
"Makes the domain that the stream describes and lets it run. Prints a\n"
"receipt, one line of JSON, on stdout. Compressed streams are opened.\n"
"\n"
"  -p                leave the domain paused\n"
"  --unpause         let it run even if the stream is a snapshot (xc-emit -c)\n"
"  -t                check the stream, create nothing\n"
"  --name NAME       the domain's name\n"
"  --uuid new|UUID   the domain's uuid\n"
"  --max-mem MIB     its memory limit\n"
"  --max-vcpus N     its number of vcpus, 1 to 4096\n"
"  --max-pfn N       refuse pages above this pfn (default 4294967296; for PV\n"
"                    guests less, in proportion to their memory)\n"
"  -T N              threads, 1 to 256; 0: one per processor (default 0)\n"
"  -q, -v            say less; say more, on stderr\n"
"  -h, -V            this help; the version\n"
"\n"
"Exit status: 0 done, 1 Xen, I/O or memory, 2 usage, 3 stream malformed or\n"
"cut, 4 damaged, 5 refused (name or uuid taken, limits, a layer to undo\n"
"first).\n";

struct options {
	bool test, pause, unpause;
	uint64_t max_pfn;
	struct overrides overrides;
	struct opts common;
};

/* Create, fill, keep.  0, or -1 with *f set; then *kept says whether. */
static int
restore(struct pair *p, struct guest *g, const struct config *c,
    const struct options *o, bool *kept, struct fault *f)
{
	bool paused = o->pause || (c->snapshot && !o->unpause);
	struct summary s;
	uint32_t domid;

	if (guest_create(g, c, f) == -1)
		return -1;
	domid = guest_domid(g);
	pair_say(p, MESSAGE_CREATED, &domid, sizeof(domid));
	if (guest_restore(g, c, p->stream, f) == -1)
		return -1;
	/* END is only sent after the summary: without it, all is void. */
	if (pair_hear(p, &s, sizeof(s)) != MESSAGE_SUMMARY)
		return fault_set(f, EXIT_SYSTEM, "the opener is gone");
	pair_say(p, MESSAGE_UNPAUSE, NULL, 0);
	if (!paused && guest_unpause(g, f) == -1)
		return -1;
	*kept = true;
	if (receipt_print(c, &s, !paused, domid) == 0)
		return 0;
	return fault_set(f, EXIT_SYSTEM, "domain %s is kept, but its receipt "
	    "could not be written", guest_label(g));
}

/* Puts /dev/null in the place of a descriptor that is the other process'. */
static void
take_over(int fd)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct fault f;

	if (null != -1 && dup2(null, fd) != -1)
		return;
	fault_set(&f, EXIT_SYSTEM, "no /dev/null");
	fault_exit(name, &f);
}

/* The child: the only one with handles to Xen.  Returns the exit status. */
static int
restorer(struct pair *p, const struct options *o)
{
	struct guest *g;
	struct config c;
	struct fault f, late;
	bool kept = false;
	int status;

	take_over(STDIN_FILENO);	/* the opener's */
	if (pair_hear(p, &c, sizeof(c)) != MESSAGE_CONFIG)
		return EXIT_DONE;	/* the opener says why */
	if ((g = guest_open(name, o->common.verbose, &f)) == NULL) {
		fault_print(name, &f);
		return f.status;
	}
	if (restore(p, g, &c, o, &kept, &f) == 0) {
		status = EXIT_DONE;
	} else if (!kept && guest_abandon(g, &late) == -1) {
		fault_print(name, &late);
		status = late.status;
	} else if (pair_heard(p, MESSAGE_ABORT)) {
		status = EXIT_DONE;	/* the opener says why */
	} else {
		fault_print(name, &f);
		status = f.status;
	}
	guest_close(g);
	return status;
}

/* The restorer was killed: what it had made goes, unless it was kept. */
static int
clean_up(struct pair *p, const struct config *c, const struct options *o)
{
	enum message said;
	struct guest *g;
	struct fault f;
	uint32_t domid = 0;

	while ((said = pair_hear(p, &domid, sizeof(domid))) ==
	    MESSAGE_CREATED)
		;
	fprintf(stderr, "%s: the restorer was killed\n", name);
	if (said == MESSAGE_UNPAUSE) {
		fprintf(stderr, "%s: hint: domain %u is whole and was about "
		    "to run: look at it\n", name, domid);
		return EXIT_SYSTEM;
	}
	if (domid == 0)
		return EXIT_SYSTEM;
	if ((g = guest_open(name, o->common.verbose, &f)) != NULL)
		guest_adopt(g, domid, c);
	if (g == NULL || guest_abandon(g, &f) == -1)
		fault_print(name, &f);
	guest_close(g);
	return EXIT_SYSTEM;
}

/* The parent: sees foreign bytes, never Xen.  Returns the exit status. */
static int
opener(struct pair *p, const struct options *o)
{
	struct opener op = {
		.pair = p, .overrides = &o->overrides,
		.lint = { .max_pfn = o->max_pfn },
	};
	struct fault f = { .status = EXIT_DONE };
	int child;

	take_over(STDOUT_FILENO);	/* the restorer's */
	if (opener_run(&op, STDIN_FILENO, o->common.threads, &f) == -1)
		pair_say(p, MESSAGE_ABORT, NULL, 0);
	pair_end(p);
	child = pair_wait(p);
	if (child == -1)
		return clean_up(p, &op.config, o);
	if (child == EXIT_DONE && f.status != EXIT_DONE)
		fault_print(name, &f);
	return child != EXIT_DONE ? child : f.status;
}

/* -t: the opener alone. */
static int
check_only(const struct options *o)
{
	struct opener op = {
		.overrides = &o->overrides,
		.lint = { .max_pfn = o->max_pfn },
	};
	struct fault f;
	char digest[2 * TALLY_DIGEST_SIZE + 1];

	if (opener_run(&op, STDIN_FILENO, o->common.threads, &f) == -1)
		fault_exit(name, &f);
	hex_print(op.summary.digest, TALLY_DIGEST_SIZE, digest);
	if (o->common.verbose)
		fprintf(stderr, "%s: %s '%s', %llu records, %llu pages, "
		    "digest %s\n", name, config_type_name(op.config.type),
		    op.config.name, (unsigned long long)op.summary.records,
		    (unsigned long long)op.summary.pages, digest);
	return EXIT_DONE;
}

static const struct option longs[] = {
	{ "unpause", no_argument, NULL, 'u' },
	{ "test", no_argument, NULL, 't' },
	{ "name", required_argument, NULL, 'n' },
	{ "uuid", required_argument, NULL, 'i' },
	{ "max-mem", required_argument, NULL, 'm' },
	{ "max-vcpus", required_argument, NULL, 'c' },
	{ "max-pfn", required_argument, NULL, 'f' },
	OPTS_THREADS,
	OPTS_WORDS
};

static uint64_t
number(const char *option, long min, long max)
{
	long n;

	if (opts_number(optarg, min, max, &n) == -1)
		opts_wrong(name, "%s takes %ld to %ld", option, min, max);
	return (uint64_t)n;
}

static void
take_uuid(struct overrides *by)
{
	by->uuid_set = true;
	if (strcmp(optarg, "new") == 0) {
		randombytes_buf(by->uuid, UUID_SIZE);
		by->uuid[6] = (uint8_t)(0x40 | (by->uuid[6] & 0x0f));
		by->uuid[8] = (uint8_t)(0x80 | (by->uuid[8] & 0x3f));
	} else if (!uuid_parse(optarg, by->uuid)) {
		opts_wrong(name, "--uuid takes 'new' or a uuid");
	}
}

static void
take_option(struct options *o, int c, const char *given)
{
	switch (c) {
	case 'p':
		o->pause = true;
		break;
	case 'u':
		o->unpause = true;
		break;
	case 't':
		o->test = true;
		break;
	case 'n':
		if (!config_name_ok(optarg))
			opts_wrong(name, "no name for a domain: '%s'",
			    optarg);
		o->overrides.name = optarg;
		break;
	case 'i':
		take_uuid(&o->overrides);
		break;
	case 'm':
		o->overrides.max_pages = PAGES_PER_MIB *
		    number("--max-mem", 1, MIB_MAX);
		break;
	case 'c':
		o->overrides.vcpus = number("--max-vcpus", 1, VCPUS_MAX);
		break;
	case 'f':
		o->max_pfn = number("--max-pfn", 1, PFN_MAX);
		break;
	default:
		opts_take(&o->common, name, help, c, given);
	}
}

int
main(int argc, char *argv[])
{
	struct options o = { .common.threads = opts_threads("0") };
	struct pair p;
	struct fault f;
	int c;

	opts_descriptors();
	opterr = 0;
	if (sodium_init() == -1) {
		fault_set(&f, EXIT_SYSTEM, "no random numbers");
		fault_exit(name, &f);
	}
	while ((c = getopt_long(argc, argv, ":ptT:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take_option(&o, c, argv[optind - 1]);
	if (optind != argc)
		opts_wrong(name, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
	opts_no_terminal(name, STDIN_FILENO);
	if (o.test)
		return check_only(&o);
	if (pair_fork(&p, false, &f) == -1)
		fault_exit(name, &f);
	if (p.child == 0)
		return restorer(&p, &o);
	_exit(opener(&p, &o));	/* its threads may still be at work */
}
