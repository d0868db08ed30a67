/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-ls - what is in a stream: a summary, a list, what is wrong with it.
 *
 *     ssh backup cat vm.xen | rec-ls --lint
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "guard.h"
#include "input.h"
#include "opts.h"
#include "pmap.h"
#include "sandbox.h"
#include "view.h"

static const char name[] = "rec-ls";

static const char help[] =
"usage: rec-ls [options] [FILE]\n"
"\n"
"Says what is in a stream: that of xc-emit, a save file of xl or virsh, the\n"
"stream of xl migrate; compressed or not; or what xc-absorb --image stored.\n"
"FILE or stdin.\n"
"\n"
"  -l, --list               a line for each record; PAGE_DATA that belongs\n"
"                           together on one, without -v\n"
"  --lint                   what is wrong with it: errors, with which a restore\n"
"                           must fail, and warnings\n"
"  --strict                 with --lint: warnings are errors\n"
"  --record N               the body of record N of the image, in hex\n"
"  --page PFN               the last copy of a page, in hex; PFN may be 0x...\n"
"  --raw                    with these two: the bytes themselves\n"
"  --map FILE.html          a picture of the guest's memory, besides the summary\n"
"  --json                   one JSON object for each record, then one with the\n"
"                           summary; with --lint: for each finding\n"
KEYRING_HELP
"  -M, --memory SIZE        of a compressed stream: the largest window to take,\n"
"                           1M to 16G (default 256M)\n"
"  --max-pfn N              with --lint: refuse pages above this pfn (default:\n"
"                           as xc-absorb does)\n"
OPTS_HELP_THREADS
OPTS_HELP_PROGRESS
"  -q, --quiet              with --lint: do not count the findings\n"
"  -v, --verbose            with -l: all of what each record says; with --lint:\n"
"                           all findings\n"
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"or an error of --lint, 4 damaged, 5 refused (a limit, no such record or\n"
"page).\n";

static const char examples[] =
"Examples:\n"
"  Would this file be restored?\n"
"    rec-ls --lint vm.xen && echo yes\n"
"  Where vcpu 0 stood:\n"
"    rec-ls -lv vm.xen | less\n"
"  A page of its memory, as a file:\n"
"    rec-ls --page 0x1234 --raw vm.xen > page\n";

/* The options that have no letter. */
enum {
	OPT_LINT = 256, OPT_STRICT, OPT_RECORD, OPT_PAGE, OPT_RAW, OPT_MAP,
	OPT_JSON, OPT_MAX_PFN
};

struct options {
	struct view view;
	struct keyring keys;
	struct opts common;
};

static const struct option longs[] = {
	{ "list", no_argument, NULL, 'l' },
	{ "lint", no_argument, NULL, OPT_LINT },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "record", required_argument, NULL, OPT_RECORD },
	{ "page", required_argument, NULL, OPT_PAGE },
	{ "raw", no_argument, NULL, OPT_RAW },
	{ "map", required_argument, NULL, OPT_MAP },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "max-pfn", required_argument, NULL, OPT_MAX_PFN },
	KEYRING_OPTIONS,
	OPTS_MEMORY,
	OPTS_THREADS,
	OPTS_WORDS
};

static void
take_mode(struct view *v, enum view_mode mode)
{
	if (v->mode != VIEW_SUMMARY && v->mode != mode)
		opts_wrong(name, "one of -l, --lint, --record and --page");
	v->mode = mode;
}

/* A pfn, also in hex. */
static uint64_t
take_pfn(const char *option)
{
	char *end;
	unsigned long long pfn;

	errno = 0;
	pfn = strtoull(optarg, &end, strncasecmp(optarg, "0x", 2) == 0 ?
	    16 : 10);
	if (errno != 0 || *end != '\0' || *optarg < '0' || *optarg > '9' ||
	    pfn > VIEW_PFN_MAX)
		opts_wrong(name, "%s takes a pfn, 0 to 0x%llx", option,
		    (unsigned long long)VIEW_PFN_MAX);
	return pfn;
}

static void
take(struct options *o, int c, const char *given)
{
	struct view *v = &o->view;

	if (keyring_take(&o->keys, name, c))
		return;
	switch (c) {
	case 'l':
		take_mode(v, VIEW_LIST);
		break;
	case OPT_LINT:
		take_mode(v, VIEW_LINT);
		break;
	case OPT_STRICT:
		v->strict = true;
		break;
	case OPT_RECORD:
		take_mode(v, VIEW_RECORD);
		v->wanted = (uint64_t)opts_count(name, "--record", 0,
		    0x7fffffffffff);
		break;
	case OPT_PAGE:
		take_mode(v, VIEW_PAGE);
		v->wanted = take_pfn("--page");
		break;
	case OPT_RAW:
		v->raw = true;
		break;
	case OPT_MAP:
		v->map = opts_file(name, "--map");
		break;
	case OPT_JSON:
		v->json = true;
		break;
	case 'M':
		v->memory = opts_memory(name);
		break;
	case OPT_MAX_PFN:
		v->lint.max_pfn = take_pfn("--max-pfn");
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

/* Refuses what makes no sense together. */
static void
check(const struct view *v, int operands)
{
	bool dump = v->mode == VIEW_RECORD || v->mode == VIEW_PAGE;

	if (operands > 1)
		opts_wrong(name, "one file, or none: then stdin is read");
	if (v->strict && v->mode != VIEW_LINT)
		opts_wrong(name, "--strict goes with --lint");
	if (v->lint.max_pfn != 0 && v->mode != VIEW_LINT)
		opts_wrong(name, "--max-pfn goes with --lint");
	if (v->raw && !dump)
		opts_wrong(name, "--raw goes with --record and --page");
	if (v->json && dump)
		opts_wrong(name, "--json does not go with --record and "
		    "--page; --json alone has the fields of all records");
	if (v->map != NULL && v->mode != VIEW_SUMMARY)
		opts_wrong(name, "--map goes with the summary");
}

static void
parse(struct options *o, int argc, char *argv[])
{
	struct view *v = &o->view;
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":li:M:T:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	check(v, argc - optind);
	v->verbose = o->common.verbose;
	v->quiet = o->common.quiet;
	v->threads = o->common.threads;
}

/* The picture's file, as long as files can be opened.  It is for whoever looked
 * at the stream, as that is. */
static int
open_map(struct view *v, struct fault *f)
{
	if (v->map == NULL)
		return 0;
	v->map_fd = open(v->map, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	return v->map_fd != -1 ? 0 : fault_set(f, EXIT_SYSTEM, "%s: %s",
	    v->map, strerror(errno));
}

/* A picture that takes the place of what it is made of would be the end of
 * both. */
static void
check_map(const struct view *v, int in)
{
	struct stat from, to;

	if (v->map != NULL && fstat(in, &from) == 0 &&
	    fstat(v->map_fd, &to) == 0 && from.st_dev == to.st_dev &&
	    from.st_ino == to.st_ino)
		opts_wrong(name, "--map would overwrite the stream");
}

/* Reads what is asked for, with *v filled in.  0, or -1 with *f set. */
static int
look(struct view *v, const char *path, struct keyring *keys, struct fault *f)
{
	struct input in = {
		.keys = keys->given ? keys : NULL, .threads = v->threads,
	};

	if (keys->given && (guard_secrets(f) == -1 ||
	    keyring_load(keys, f) == -1))
		return -1;
	if (path == NULL)
		opts_no_terminal(name, STDIN_FILENO);
	if (open_map(v, f) == -1 || input_open(&in, path, f) == -1)
		return -1;
	check_map(v, in.is_stored ? in.stored.fd : in.fd);
	/* A page of a stored image is where it is. */
	if (in.is_stored && v->mode == VIEW_PAGE) {
		if (sandbox_enter(NULL, f) == -1)
			return -1;
		return input_end(&in, view_stored(v, &in.stored, f), f);
	}
	v->stored = in.is_stored;
	if (input_stream(&in, f) == -1)
		return -1;
	keyring_free(keys);
	if (sandbox_enter(&(struct sandbox){ .child = in.up.child }, f) == -1)
		return -1;
	return input_end(&in, view_run(v, in.fd, f), f);
}

int
main(int argc, char *argv[])
{
	struct options o = {
		.view = { .mode = VIEW_SUMMARY },
		.keys = { .phrase_fd = -1 },
		.common = { .threads = opts_threads("0") },
	};
	struct fault f;

	opts_descriptors();
	o.view.out = stdout;
	parse(&o, argc, argv);
	if (o.view.raw)
		opts_no_terminal(name, STDOUT_FILENO);
	if (opts_printed(look(&o.view, argv[optind], &o.keys, &f), &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
