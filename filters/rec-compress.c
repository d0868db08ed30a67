/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-compress - compress each record of a stream, or undo it.
 *
 *     xc-emit 7 | rec-compress | ssh dst xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "compress.h"
#include "fault.h"
#include "filter.h"
#include "format.h"
#include "opts.h"
#include "pmap.h"
#include "types.h"

static const char name[] = "rec-compress";

static const char help[] =
"usage: rec-compress [-1..-19 | --fast[=N]] [-T N] < stream > compressed\n"
"       rec-compress -d [-T N] < compressed > stream\n"
"       rec-compress -t [-T N] < compressed\n"
"\n"
"  -1 .. -19         level: fastest to smallest (default 1)\n"
"  --fast[=N]        levels faster than -1: 1 to 131072 (default 1)\n"
"  -d                take the compression off\n"
"  -t                check a compressed stream, write nothing\n"
"  -T N              threads, 1 to 256; 0: one per processor (default 0)\n"
"  --pass-after-end  hand on what follows the stream's END at once\n"
"                    (inside xl migrate -s)\n"
"  -q, -v            say errors only (default); say sizes too, on stderr\n"
"  -h, -V            this help; the version\n"
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"4 damaged, 5 refused (already compressed, not compressed, unknown\n"
"version).\n";

struct options {
	int  level;
	bool undo, test, pass_after_end;
	struct opts common;
};

/* Encrypted chunks do not shrink: the wrong order of filters. */
static int
refuse_sealed(void *state, struct record *rec, struct fault *f)
{
	(void)state;
	if (rec->type != REC_SEAL_HEADER || rec->index != 0 ||
	    !type_is_ours(rec))
		return 0;
	record_fault(f, EXIT_REFUSED, rec,
	    "an encrypted stream does not shrink");
	return fault_hint(f, "compress first: rec-compress | rec-encrypt");
}

static int
pack(void *worker, struct record *rec, struct fault *f)
{
	return compress_record(worker, rec, f);
}

static int
unpack(void *worker, struct record *rec, struct fault *f)
{
	return expand_record(worker, rec, f);
}

static const struct option longs[] = {
	{ "decompress", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "fast", optional_argument, NULL, 'f' },
	{ "pass-after-end", no_argument, NULL, 'p' },
	OPTS_THREADS,
	OPTS_WORDS
};

/* One more digit of a level: -1, -19.  Returns the level so far. */
static int
add_digit(int level, int digit)
{
	level = level * 10 + digit;
	if (level < 1 || level > COMPRESS_LEVEL_MAX)
		opts_wrong(name, "levels are -1 to -%d", COMPRESS_LEVEL_MAX);
	return level;
}

static int
fast_level(const char *text)
{
	long n = 1;

	if (text != NULL &&
	    opts_number(text, 1, -COMPRESS_LEVEL_MIN, &n) == -1)
		opts_wrong(name, "--fast takes 1 to %d",
		    -COMPRESS_LEVEL_MIN);
	return (int)-n;
}

static void
parse(int argc, char *argv[], struct options *o)
{
	int c, word, digits = 0, digits_word = 0;

	while (word = optind, (c = getopt_long(argc, argv,
	    ":0123456789dtT:" OPTS_LETTERS, longs, NULL)) != -1) {
		if (c >= '0' && c <= '9') {
			/* -19 is one level, -1 -9 are two. */
			digits = add_digit(word == digits_word ? digits : 0,
			    c - '0');
			digits_word = word;
			o->level = digits;
			continue;
		}
		switch (c) {
		case 'f':
			o->level = fast_level(optarg);
			break;
		case 'd':
			o->undo = true;
			break;
		case 't':
			o->undo = o->test = true;
			break;
		case 'p':
			o->pass_after_end = true;
			break;
		default:
			opts_take(&o->common, name, help, c,
			    argv[optind - 1]);
		}
	}
	if (optind != argc)
		opts_wrong(name, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
}

int
main(int argc, char *argv[])
{
	struct options o = {
		.level = 1, .common.threads = opts_threads("0"),
	};
	struct codec codec = { .layer = REC_COMPRESSED, .whole = true };
	struct filter filter = { .codec = &codec };
	void *worker[THREADS_MAX];
	struct fault f;
	unsigned i;

	opts_descriptors();
	opterr = 0;
	parse(argc, argv, &o);
	opts_no_terminal(name, STDIN_FILENO);
	if (!o.test)
		opts_no_terminal(name, STDOUT_FILENO);

	for (i = 0; i < o.common.threads; i++) {
		if ((worker[i] = compress_new(o.level)) != NULL)
			continue;
		fault_set(&f, EXIT_SYSTEM, "no memory for zstd");
		fault_exit(name, &f);
	}
	codec.undo = o.undo;
	codec.first = o.undo ? NULL : refuse_sealed;
	codec.work = o.undo ? unpack : pack;
	codec.worker = worker;
	filter.in = STDIN_FILENO;
	filter.out = o.test ? -1 : STDOUT_FILENO;
	filter.threads = o.common.threads;
	filter.pass_after_end = o.pass_after_end;
	if (filter_run(&filter, &f) == -1)
		fault_exit(name, &f);
	if (o.common.verbose)
		fprintf(stderr, "%s: %" PRIu64 " bytes in, %" PRIu64
		    " bytes out\n", name, filter.read, filter.written);
	for (i = 0; i < o.common.threads; i++)
		compress_free(worker[i]);
	return EXIT_DONE;
}
