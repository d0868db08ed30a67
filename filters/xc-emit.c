/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit - a domain of this host as a stream on stdout.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb && xc-emit --destroy 7
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "fault.h"
#include "frame.h"
#include "guest.h"
#include "opts.h"
#include "pair.h"

#define TIMEOUT_DEFAULT	60	/* seconds */

static const char name[] = "xc-emit";

static const char help[] =
"usage: xc-emit [-c | -p] [options] DOMAIN > stream\n"
"       xc-emit --resume DOMAIN\n"
"       xc-emit --destroy DOMAIN\n"
"\n"
"Suspends the domain and writes it to stdout; it stays suspended.\n"
"\n"
"  -c                     a snapshot: the domain runs on afterwards\n"
"  -p                     a snapshot: the domain is left paused\n"
"  --resume               let a domain that was left suspended run again\n"
"  --destroy              destroy a domain that was left suspended\n"
"  --memory-only          leave devices and device model out\n"
"  --no-config            leave our GUEST_CONFIG record out\n"
"  --suspend-timeout N    seconds to wait for the guest's answer, 1 to 3600\n"
"                         (default 60)\n"
"  -q, -v                 say less; say more, on stderr\n"
"  -h, -V                 this help; the version\n"
"\n"
"Exit status: 0 done, 1 Xen, I/O or memory, 2 usage, 5 refused (paused,\n"
"devices, not suspended).\n";

enum action { EMIT, RESUME, DESTROY };

struct options {
	enum action action;
	bool snapshot, pause, memory_only, no_config, quiet, verbose;
	unsigned timeout;
	const char *domain;
};

/* Prints a line of news on stderr, for a person. */
static void
tell(const struct options *o, const char *label, const char *what)
{
	if (!o->quiet)
		fprintf(stderr, "%s: domain %s %s\n", name, label, what);
}

static void
tell_ways_out(struct guest *g)
{
	unsigned n = guest_domid(g);

	fprintf(stderr, "%s: hint: when the copy runs: xc-emit --destroy %u; "
	    "when there is none: xc-emit --resume %u\n", name, n, n);
}

static int
describe(struct guest *g, const struct options *o, struct config *c,
    struct fault *f)
{
	time_t now = time(NULL);
	struct tm tm;

	*c = (struct config){ .snapshot = o->snapshot };
	randombytes_buf(c->move, sizeof(c->move));
	snprintf(c->tool, sizeof(c->tool), "xc-emit %s", XENREC_VERSION);
	if (gmtime_r(&now, &tm) != NULL)
		strftime(c->time, sizeof(c->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return guest_describe(g, c, f);
}

/* After a failure: the guest runs again, and that is said. */
static void
take_back(struct guest *g, const struct options *o)
{
	struct fault f;

	if (guest_undo(g, &f) == -1) {
		fault_print(name, &f);
		tell_ways_out(g);
	} else {
		tell(o, guest_label(g), "was not taken: it stays here");
	}
}

/* A snapshot's guest goes on, whatever becomes of the stream. */
static int
let_go_on(struct guest *g, const struct options *o, struct fault *f)
{
	if (!o->snapshot)
		return 0;
	if (o->pause && guest_pause(g, f) == -1)
		return -1;
	return guest_undo(g, f);
}

/*
 * The image is written: what becomes of the guest depends on how far the
 * framer comes.  Returns the exit status.
 */
static int
await_framer(struct pair *p, struct guest *g, const struct options *o)
{
	if (pair_hear(p, NULL, 0) != MESSAGE_COMMIT) {
		if (!o->snapshot)
			take_back(g, o);
		return EXIT_SYSTEM;
	}
	if (pair_hear(p, NULL, 0) == MESSAGE_DONE) {
		if (!o->snapshot && !o->quiet) {
			tell(o, guest_label(g), "is suspended");
			tell_ways_out(g);
		}
		return EXIT_DONE;
	}
	if (!o->snapshot) {
		fprintf(stderr, "%s: domain %s stays suspended: its stream "
		    "was cut while END was written, so a copy may run\n",
		    name, guest_label(g));
		tell_ways_out(g);
	}
	return EXIT_SYSTEM;
}

/* The child: the only one with handles to Xen.  Returns the exit status. */
static int
saver(struct pair *p, const struct options *o)
{
	struct guest *g;
	struct config c;
	struct fault f;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	/* stdout is the framer's: it has to be closed when that closes it. */
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    (g = guest_open(name, o->verbose, &f)) == NULL) {
		if (null == -1)
			fault_set(&f, EXIT_SYSTEM, "no /dev/null");
		fault_print(name, &f);
		return f.status;
	}
	if (guest_find(g, o->domain, &f) == -1 ||
	    guest_check(g, o->memory_only, &f) == -1 ||
	    describe(g, o, &c, &f) == -1) {
		fault_print(name, &f);
		return f.status;
	}
	pair_say(p, MESSAGE_CONFIG, &c, sizeof(c));
	if (guest_save(g, p->stream, p->peer, o->timeout, &f) == -1) {
		if (!pair_heard(p, MESSAGE_ABORT))
			fault_print(name, &f);
		take_back(g, o);
		return f.status;
	}
	pair_say(p, MESSAGE_SAVED, NULL, 0);
	pair_end(p);
	if (let_go_on(g, o, &f) == -1) {
		fault_print(name, &f);
		fprintf(stderr, "%s: hint: xc-emit --resume %u\n", name,
		    guest_domid(g));
		return f.status;
	}
	return await_framer(p, g, o);
}

static void
tell_tally(const struct options *o, struct frame *fr)
{
	uint8_t digest[TALLY_DIGEST_SIZE];
	char text[2 * TALLY_DIGEST_SIZE + 1];

	tally_end(&fr->tally, digest);
	hex_print(digest, sizeof(digest), text);
	if (o->verbose)
		fprintf(stderr, "%s: %llu records, %llu pages, digest %s\n",
		    name, (unsigned long long)fr->tally.records,
		    (unsigned long long)fr->tally.pages, text);
}

/* The parent: sees bytes, never Xen.  Returns the exit status. */
static int
framer(struct pair *p, const struct options *o)
{
	struct frame fr = { .pair = p, .out = STDOUT_FILENO };
	struct config c;
	struct fault f = { .status = EXIT_SYSTEM };
	int child;

	fr.starved = pair_hear(p, &c, sizeof(c)) != MESSAGE_CONFIG;
	if (!o->no_config)
		fr.config = &c;
	if (!fr.starved && frame_run(&fr, &f) == 0) {
		tell_tally(o, &fr);
		pair_say(p, MESSAGE_DONE, NULL, 0);
		f.status = EXIT_DONE;
	} else if (!fr.starved) {
		pair_say(p, MESSAGE_ABORT, NULL, 0);
		fault_print(name, &f);
	}
	close(STDOUT_FILENO);
	pair_end(p);
	child = pair_wait(p);
	if (child == -1) {
		fprintf(stderr, "%s: the saver was killed; the domain may be "
		    "left suspended\n%s: hint: xl list shows it; xc-emit "
		    "--resume %s\n", name, name, o->domain);
		return EXIT_SYSTEM;
	}
	return fr.starved || f.status == EXIT_DONE ? child : f.status;
}

/* --resume and --destroy. */
static int
settle(const struct options *o)
{
	struct guest *g;
	struct fault f;
	int result;

	if ((g = guest_open(name, o->verbose, &f)) == NULL)
		fault_exit(name, &f);
	result = guest_find(g, o->domain, &f);
	if (result == 0)
		result = o->action == RESUME ? guest_resume(g, &f) :
		    guest_destroy(g, &f);
	if (result == -1)
		fault_exit(name, &f);
	if (o->verbose)
		tell(o, guest_label(g), o->action == RESUME ?
		    "runs again" : "is destroyed");
	guest_close(g);
	return EXIT_DONE;
}

static const struct option longs[] = {
	{ "resume", no_argument, NULL, 'R' },
	{ "destroy", no_argument, NULL, 'D' },
	{ "memory-only", no_argument, NULL, 'm' },
	{ "no-config", no_argument, NULL, 'n' },
	{ "suspend-timeout", required_argument, NULL, 's' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static void
take_option(struct options *o, int c, const char *given)
{
	long n;

	switch (c) {
	case 'p':
		o->pause = true;
		/* FALLTHROUGH */
	case 'c':
		o->snapshot = true;
		break;
	case 'R':
	case 'D':
		if (o->action != EMIT)
			opts_wrong(name, "one of --resume and --destroy");
		o->action = c == 'R' ? RESUME : DESTROY;
		break;
	case 'm':
		o->memory_only = true;
		break;
	case 'n':
		o->no_config = true;
		break;
	case 's':
		if (opts_number(optarg, 1, 3600, &n) == -1)
			opts_wrong(name, "--suspend-timeout takes 1 to 3600");
		o->timeout = (unsigned)n;
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'h':
		opts_help(help);
	case 'V':
		opts_version(name);
	default:
		opts_unknown(name, c, given);
	}
}

int
main(int argc, char *argv[])
{
	struct options o = { .action = EMIT, .timeout = TIMEOUT_DEFAULT };
	struct pair p;
	struct fault f;
	int c;

	opts_descriptors();
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":cpqvhV", longs, NULL)) != -1)
		take_option(&o, c, argv[optind - 1]);
	if (optind + 1 != argc)
		opts_wrong(name, "one domain is to be named, by number or "
		    "name");
	o.domain = argv[optind];
	if (o.action != EMIT && o.snapshot)
		opts_wrong(name, "-c and -p go with a stream");
	if (o.action != EMIT)
		return settle(&o);
	opts_no_terminal(name, STDOUT_FILENO);
	if (sodium_init() == -1)
		fault_set(&f, EXIT_SYSTEM, "no random numbers");
	else if (pair_fork(&p, true, &f) == 0)
		return p.child == 0 ? saver(&p, &o) : framer(&p, &o);
	fault_exit(name, &f);
}
