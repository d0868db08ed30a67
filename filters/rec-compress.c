/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-compress - compress the records of a stream page by page, or undo it.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compress.h"
#include "expand.h"
#include "fault.h"
#include "filter.h"
#include "format.h"
#include "losses.h"
#include "opts.h"
#include "pmap.h"
#include "progress.h"
#include "sandbox.h"
#include "stream.h"
#include "types.h"
#include "window.h"

static const char name[] = "rec-compress";

static const char help[] =
"usage: rec-compress [-1..-19 | --fast[=N]] [--window SIZE] [options]\n"
"           < stream > compressed\n"
"       rec-compress -d [-M SIZE] [--salvage] [options]\n"
"           < compressed > stream\n"
"       rec-compress -t | -l [-M SIZE] [--salvage] [options] < compressed\n"
"\n"
"  -1 .. -19                level: fastest to smallest (default 1)\n"
"  --fast[=N]               levels faster than -1: 1 to 131072 (default 1)\n"
"  --window SIZE            memory for pages that later ones may be like, here\n"
"                           and where it is undone: 0 to 16G (default 64M)\n"
"  -d, --decompress         take the compression off\n"
"  -t, --test               check a compressed stream, write nothing\n"
"  -l, --list               check it, and say what it holds\n"
"  --salvage                with -d, -t, -l: leave out what is damaged, say what\n"
"                           is lost\n"
"  -M, --memory SIZE        with these: the largest window to take, 1M to 16G\n"
"                           (default 256M)\n"
OPTS_HELP_THREADS
OPTS_HELP_PASS
OPTS_HELP_PROGRESS
OPTS_HELP_TALK
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"4 damaged, or with --salvage something is lost, 5 refused (already\n"
"compressed, not compressed, unknown version, a window over the limit).\n";

static const char examples[] =
"Examples:\n"
"  Move guest 7, compressed on the way:\n"
"    xc-emit 7 | rec-compress | ssh dst xc-absorb\n"
"  Keep a snapshot of it, and check the file later:\n"
"    xc-emit -c 7 | rec-compress -3 > mail.rec\n"
"    rec-compress -t < mail.rec\n"
"  Beside Xen's own tools:\n"
"    xl save 7 /dev/stdout | rec-compress > mail.xl.rec\n"
"    rec-compress -d < mail.xl.rec | xl restore /dev/stdin\n";

struct options {
	int  level;
	bool undo, test, list, salvage;
	uint32_t window, memory;	/* pages */
	struct opts common;
};

/* What the threads work with, in either direction. */
struct job {
	struct compressor *compressor;
	struct expander *expander;
	void *worker[THREADS_MAX];
};

/* Encrypted chunks do not shrink: the wrong order of filters. */
static int
refuse_sealed(void *worker, struct record *rec, struct fault *f)
{
	(void)worker;
	if (rec->type != REC_SEAL_HEADER || rec->index != 0 ||
	    !type_is_ours(rec))
		return 0;
	record_fault(f, EXIT_REFUSED, rec,
	    "an encrypted stream does not shrink");
	return fault_hint(f, "compress first: rec-compress | rec-encrypt");
}

static struct losses losses = { .tool = name };

/* With --salvage. */
static int
write_sound(void *worker, struct record *rec, struct sink *out,
    struct fault *f)
{
	if (losses_tell(&losses, rec, expand_lost(worker), f) == -1)
		return -1;
	return stream_write(out, rec, f);
}


/* The options that have no letter. */
enum { OPT_FAST = 256, OPT_WINDOW, OPT_SALVAGE };

static const struct option longs[] = {
	{ "decompress", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "list", no_argument, NULL, 'l' },
	OPTS_MEMORY,
	{ "fast", optional_argument, NULL, OPT_FAST },
	{ "window", required_argument, NULL, OPT_WINDOW },
	{ "salvage", no_argument, NULL, OPT_SALVAGE },
	OPTS_PASS,
	OPTS_THREADS,
	OPTS_WORDS
};

/* One more digit of a level: -1, -19.  Returns the level so far. */
static int
add_digit(int level, int digit)
{
	level = level * 10 + digit;
	if (level < 1 || level > LEVEL_MAX)
		opts_wrong(name, "levels are -1 to -%d", LEVEL_MAX);
	return level;
}

static int
fast_level(const char *text)
{
	long n = 1;

	if (text != NULL && opts_number(text, 1, -LEVEL_MIN, &n) == -1)
		opts_wrong(name, "--fast takes 1 to %d", -LEVEL_MIN);
	return (int)-n;
}

/* An option other than a level. */
static void
take(struct options *o, int c, const char *given)
{
	switch (c) {
	case OPT_FAST:
		o->level = fast_level(optarg);
		break;
	case OPT_WINDOW:
		o->window = (uint32_t)opts_size(name, "--window", 0,
		    WINDOW_MAX, PAGE_SIZE);
		break;
	case 'M':
		o->memory = opts_memory(name);
		break;
	case 'd':
		o->undo = true;
		break;
	case 't':
		o->undo = o->test = true;
		break;
	case 'l':
		o->undo = o->test = o->list = true;
		break;
	case OPT_SALVAGE:
		o->salvage = true;
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int c, word, digits = 0, digits_word = 0;

	opterr = 0;
	while (word = optind, (c = getopt_long(argc, argv,
	    ":0123456789dtlM:T:" OPTS_LETTERS, longs, NULL)) != -1) {
		if (c < '0' || c > '9') {
			take(o, c, argv[optind - 1]);
			continue;
		}
		/* -19 is one level, -1 -9 are two. */
		digits = add_digit(word == digits_word ? digits : 0, c - '0');
		digits_word = word;
		o->level = digits;
	}
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	if (o->undo && o->window != COMPRESS_WINDOW)
		opts_wrong(name, "--window is for packing: what a stream "
		    "takes it says itself; -M is the limit");
	if (!o->undo && o->memory != EXPAND_MEMORY)
		opts_wrong(name, "-M goes with -d, -t or -l");
	if (o->salvage && !o->undo)
		opts_wrong(name, "--salvage goes with -d, -t or -l");
}

/* The workers, as many as there are threads. */
static int
hire(struct job *job, const struct options *o, struct fault *f)
{
	unsigned i, threads = o->common.threads;

	if (o->undo)
		job->expander = expander_new(o->memory, threads, f);
	else
		job->compressor = compressor_new(o->level, o->window,
		    threads, f);
	if (job->expander == NULL && job->compressor == NULL)
		return -1;
	if (o->salvage)
		expander_salvage(job->expander);
	for (i = 0; i < threads; i++) {
		job->worker[i] = o->undo ?
		    (void *)expand_new(job->expander) :
		    (void *)compress_new(job->compressor);
		if (job->worker[i] == NULL)
			return fault_set(f, EXIT_SYSTEM, "no memory for "
			    "thread %u of %u", i + 1, threads);
	}
	return 0;
}

static void
dismiss(struct job *job, const struct options *o)
{
	unsigned i;

	for (i = 0; i < o->common.threads; i++)
		if (o->undo)
			expand_free(job->worker[i]);
		else
			compress_free(job->worker[i]);
	expander_free(job->expander);
	compressor_free(job->compressor);
}

/* What the run came to, for those who want to know. */
static void
tell(const struct job *job, const struct options *o,
    const struct filter *filter)
{
	struct counts counts = { 0 };
	unsigned i;

	for (i = 0; i < o->common.threads; i++)
		counts_add(&counts, o->undo ?
		    expand_counts(job->worker[i]) :
		    compress_counts(job->worker[i]));
	if (o->list)
		counts_print(&counts, stdout);
	if (o->common.stats)
		progress_detail(counts_text(&counts));
	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in, %" PRIu64
		    " bytes out", filter->read, filter->written);
}

static struct codec
direction(const struct options *o)
{
	struct codec pack = {
		.first = refuse_sealed, .work = compress_look,
		.join = compress_join, .finish = compress_finish,
	};
	struct codec unpack = {
		.undo = true, .first = expand_first, .work = expand_open,
		.join = expand_join, .finish = expand_finish,
		.write = o->salvage ? write_sound : NULL,
	};

	return o->undo ? unpack : pack;
}

int
main(int argc, char *argv[])
{
	struct options o = {
		.level = 1, .common.threads = opts_threads("0"),
		.window = COMPRESS_WINDOW, .memory = EXPAND_MEMORY,
	};
	static struct job job;
	struct codec codec;
	struct filter filter = { .codec = &codec };
	struct fault f;

	opts_descriptors();
	parse(&o, argc, argv);
	opts_no_terminal(name, STDIN_FILENO);
	if (!o.test)
		opts_no_terminal(name, STDOUT_FILENO);

	if (hire(&job, &o, &f) == -1)
		fault_exit(name, &f);
	codec = direction(&o);
	/* To salvage is to go on also where the first record is damaged. */
	codec.layer = o.salvage ? 0 : REC_COMPRESSED;
	codec.whole = true;
	codec.worker = job.worker;
	filter.in = STDIN_FILENO;
	filter.out = o.test ? -1 : STDOUT_FILENO;
	filter.threads = o.common.threads;
	filter.pass_after_end = o.common.pass_after_end;
	if (sandbox_enter(NULL, &f) == -1 || filter_run(&filter, &f) == -1)
		fault_exit(name, &f);
	tell(&job, &o, &filter);
	dismiss(&job, &o);
	if (o.list && opts_printed(0, &f) == -1)
		fault_exit(name, &f);
	return losses.lost ? EXIT_INTEGRITY : EXIT_DONE;
}
