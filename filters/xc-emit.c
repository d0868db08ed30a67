/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xc-emit - a domain of this host as a stream on stdout.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb && xc-emit --destroy 7
 */
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
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
	bool snapshot, pause, memory_only, no_config;
	unsigned timeout;
	const char *domain;
	struct opts common;
};

/* What the saver says of the guest before its image. */
struct news {
	struct config config;
	uint32_t domid;
	bool     suspended;	/* it was before */
};

/* Prints a line of news on stderr, for a person. */
static void
tell(const struct options *o, struct guest *g, const char *what)
{
	if (!o->common.quiet)
		fprintf(stderr, "%s: domain %s %s\n", name, guest_label(g),
		    what);
}

static void
tell_ways_out(uint32_t domid)
{
	fprintf(stderr, "%s: hint: when the copy runs: xc-emit --destroy %"
	    PRIu32 "; when there is none: xc-emit --resume %" PRIu32 "\n",
	    name, domid, domid);
}

/* After END was begun the guest stays suspended, whatever happened. */
static void
tell_committed(uint32_t domid)
{
	fprintf(stderr, "%s: domain %" PRIu32 " stays suspended: END may have "
	    "left, so a copy may run\n", name, domid);
	tell_ways_out(domid);
}

/* *news from Xen.  A domain that no destination would take is refused. */
static int
describe(struct guest *g, const struct options *o, struct news *news,
    struct fault *f)
{
	struct config *c = &news->config;
	time_t now = time(NULL);
	struct tm tm;

	*news = (struct news){
		.domid = guest_domid(g), .suspended = guest_suspended(g),
		.config = { .snapshot = o->snapshot },
	};
	randombytes_buf(c->move, sizeof(c->move));
	snprintf(c->tool, sizeof(c->tool), "xc-emit %s", XENREC_VERSION);
	if (gmtime_r(&now, &tm) != NULL)
		strftime(c->time, sizeof(c->time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (guest_describe(g, c, f) == -1)
		return -1;
	return config_check(c, f);
}

/* After a failure before END: the guest runs again, and that is said. */
static void
take_back(struct guest *g, const struct options *o)
{
	struct fault f;

	if (guest_gone(g))
		return;
	if (guest_undo(g, false, &f) == 0) {
		tell(o, g, "was not taken: it stays here");
		return;
	}
	fault_print(name, &f);
	tell_ways_out(guest_domid(g));
}

/*
 * The image is written: what becomes of the guest depends on how far the
 * framer comes.  Returns the exit status.
 */
static int
await_framer(struct pair *p, struct guest *g, const struct options *o)
{
	if (pair_hear(p, NULL, 0) != MESSAGE_COMMIT) {
		take_back(g, o);
		return EXIT_SYSTEM;
	}
	if (pair_hear(p, NULL, 0) != MESSAGE_DONE) {
		if (!o->snapshot)
			tell_committed(guest_domid(g));
		return EXIT_SYSTEM;
	}
	if (!o->snapshot && !o->common.quiet) {
		tell(o, g, "is suspended");
		tell_ways_out(guest_domid(g));
	}
	return EXIT_DONE;
}

/* Saves the guest that was found.  Returns the exit status. */
static int
save(struct pair *p, struct guest *g, const struct options *o)
{
	struct news news;
	struct fault f;

	if (guest_check(g, o->memory_only, &f) == -1 ||
	    describe(g, o, &news, &f) == -1) {
		fault_print(name, &f);
		return f.status;
	}
	pair_say(p, MESSAGE_CONFIG, &news, sizeof(news));
	if (guest_save(g, p->stream, p->peer, o->timeout, &f) == -1) {
		if (!pair_heard(p, MESSAGE_ABORT))
			fault_print(name, &f);
		take_back(g, o);
		return f.status;
	}
	pair_say(p, MESSAGE_SAVED, NULL, 0);
	pair_end(p);
	/* A snapshot's guest goes on, whatever becomes of the stream. */
	if (o->snapshot && guest_undo(g, o->pause, &f) == -1) {
		fault_print(name, &f);
		return f.status;
	}
	return await_framer(p, g, o);
}

/* The child: the only one with handles to Xen.  Returns the exit status. */
static int
saver(struct pair *p, const struct options *o)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct guest *g = NULL;
	struct fault f;
	int status;

	/* stdout is the framer's: it has to be closed when that closes it. */
	if (null == -1 || dup2(null, STDOUT_FILENO) == -1)
		fault_set(&f, EXIT_SYSTEM, "no /dev/null");
	else
		g = guest_open(name, o->common.verbose, &f);
	if (g == NULL || guest_find(g, o->domain, &f) == -1) {
		fault_print(name, &f);
		status = f.status;
	} else {
		status = save(p, g, o);
	}
	guest_close(g);
	return status;
}

/*
 * The saver was killed.  Before END was begun the guest is helped to run
 * again; after that it is left as it is.
 */
static void
clean_up(const struct options *o, const struct frame *fr,
    const struct news *news)
{
	char number[16];
	struct guest *g;
	struct fault f;

	fprintf(stderr, "%s: the saver was killed\n", name);
	if (news->suspended || news->domid == 0)
		return;
	if (fr->committed) {
		if (!o->snapshot)
			tell_committed(news->domid);
		return;
	}
	snprintf(number, sizeof(number), "%" PRIu32, news->domid);
	g = guest_open(name, o->common.verbose, &f);
	if (g == NULL || guest_find(g, number, &f) == -1 ||
	    guest_rescue(g, &f) == -1) {
		fault_print(name, &f);
		tell_ways_out(news->domid);
	} else {
		tell(o, g, "was not taken: it stays here");
	}
	guest_close(g);
}

static void
tell_tally(const struct options *o, struct frame *fr)
{
	uint8_t digest[TALLY_DIGEST_SIZE];
	char text[2 * TALLY_DIGEST_SIZE + 1];

	tally_end(&fr->tally, digest);
	hex_print(digest, sizeof(digest), text);
	if (o->common.verbose)
		fprintf(stderr, "%s: %llu records, %llu pages, digest %s\n",
		    name, (unsigned long long)fr->tally.records,
		    (unsigned long long)fr->tally.pages, text);
}

/* The parent: sees bytes, never Xen.  Returns the exit status. */
static int
framer(struct pair *p, const struct options *o)
{
	struct frame fr = { .pair = p, .out = STDOUT_FILENO };
	struct news news = { .domid = 0 };
	struct fault f = { .status = EXIT_SYSTEM };
	int child;

	fr.starved = pair_hear(p, &news, sizeof(news)) != MESSAGE_CONFIG;
	if (!o->no_config)
		fr.config = &news.config;
	if (!fr.starved && frame_run(&fr, &f) == 0) {
		tell_tally(o, &fr);
		pair_say(p, MESSAGE_DONE, NULL, 0);
		f.status = EXIT_DONE;
	} else if (!fr.starved) {
		pair_say(p, MESSAGE_ABORT, NULL, 0);
		fault_print(name, &f);
	}
	pair_end(p);
	child = pair_wait(p);
	if (child == -1) {
		clean_up(o, &fr, &news);
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

	if ((g = guest_open(name, o->common.verbose, &f)) == NULL)
		fault_exit(name, &f);
	result = guest_find(g, o->domain, &f);
	if (result == 0)
		result = o->action == RESUME ? guest_resume(g, &f) :
		    guest_destroy(g, &f);
	if (result == 0 && o->common.verbose)
		tell(o, g, o->action == RESUME ? "runs again" :
		    "is destroyed");
	guest_close(g);
	if (result == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}

static const struct option longs[] = {
	{ "resume", no_argument, NULL, 'R' },
	{ "destroy", no_argument, NULL, 'D' },
	{ "memory-only", no_argument, NULL, 'm' },
	{ "no-config", no_argument, NULL, 'n' },
	{ "suspend-timeout", required_argument, NULL, 's' },
	OPTS_WORDS
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
	default:
		opts_take(&o->common, name, help, c, given);
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
	while ((c = getopt_long(argc, argv, ":cp" OPTS_LETTERS, longs,
	    NULL)) != -1)
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
