/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-split - a stream into volumes or single records, and back.
 *
 *     xc-emit -c 7 | rec-encrypt -r age1... | rec-split -b 4G mail.
 *     rec-split -j mail.*.rec | rec-encrypt -d -i key.txt | xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>

#include <sodium.h>

#include "rec-split.h"

const char name[] = "rec-split";

static const char help[] =
"usage: rec-split -b SIZE | -n N [--filter COMMAND] [-f] PREFIX < stream\n"
"       rec-split -j [--salvage] PART... > stream\n"
"       rec-split -t PART...\n"
"       rec-split --explode DIR < stream\n"
"       rec-split --implode DIR > stream\n"
"       rec-split --tee COMMAND [--strict] < stream > stream\n"
"       rec-split --lane COMMAND ... [--spool SIZE] [--reconnect S] < stream\n"
"       rec-split --collect SOCKET [--lanes N] [--timeout S] > stream\n"
"       rec-split --feed SOCKET\n"
"\n"
"A stream of any kind into parts, PREFIX000.rec and on, each of which is a\n"
"stream itself, and back.  Files get their names when all of them are whole.\n"
"\n"
"  -b, --bytes SIZE         parts of at most this size, 64K and more; K, M, G\n"
"  -n, --number N           N parts of one size, 1 to 1000\n"
"  --filter COMMAND         feed each part to COMMAND instead of a file; $FILE\n"
"                           is its name\n"
"  -f, --force              replace files that are there\n"
"  -j, --join               join parts, in any order, having verified them; '-':\n"
"                           those that come on stdin one after the other\n"
"  --salvage                with -j: leave out what is damaged or missing, say\n"
"                           what is lost\n"
"  -t, --test               verify parts, write nothing\n"
"  --explode DIR            a file for each record, and for pages and what is\n"
"                           around them, in the new directory DIR\n"
"  --implode DIR            the stream again, with what was changed there\n"
"  --tee COMMAND            hand the stream on, and a copy to COMMAND\n"
"  --strict                 with --tee: no END unless COMMAND exits 0\n"
"  --lane COMMAND           send over it, and the others, say 'ssh HOST\n"
"                           rec-split --feed SOCKET'\n"
"  --spool SIZE             keep so much that did not arrive (default 64M); more\n"
"                           than that goes to a file in TMPDIR or /var/tmp\n"
"  --reconnect S            start lanes again, until none is heard of for S\n"
"                           seconds\n"
"  --collect SOCKET         make the stream again of what is fed to this unix\n"
"                           socket\n"
"  --lanes N                from at most so many lanes, 1 to 256 (default 64)\n"
"  --window SIZE            keep so much that came out of order (default 64M)\n"
"  --timeout S              give up when there is no lane for S seconds, 1 to\n"
"                           86400 (default 60)\n"
"  --feed SOCKET            the far end of a lane: hand on to and from that\n"
"                           socket\n"
OPTS_HELP_THREADS
OPTS_HELP_PROGRESS
OPTS_HELP_TALK
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 I/O, memory, or a COMMAND failed, 2 usage, 3 malformed\n"
"or cut, parts or chunks are missing, 4 damaged, or of another set, 5 refused\n"
"(a file is there, split already, no part, a socket that others can reach).\n";

static const char examples[] =
"Examples:\n"
"  For a store that takes no more than 4 GiB, and back:\n"
"    xc-emit -c 7 | rec-compress | rec-encrypt -r age1... | rec-split -b 4G mail.\n"
"    rec-split -t mail.*.rec\n"
"    rec-split -j mail.*.rec | rec-encrypt -d -i key.txt | xc-absorb\n"
"  A move, and a copy for the archive:\n"
"    xc-emit 7 | rec-split --tee 'rec-compress > 7.rec' | ssh dst xc-absorb\n"
"  A record changed by hand:\n"
"    rec-split --explode vm.d < vm.rec\n"
"    rec-split --implode vm.d > changed.rec\n";

static const struct option longs[] = {
	{ "bytes", required_argument, NULL, 'b' },
	{ "number", required_argument, NULL, 'n' },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "force", no_argument, NULL, 'f' },
	{ "join", no_argument, NULL, 'j' },
	{ "test", no_argument, NULL, 't' },
	{ "explode", required_argument, NULL, OPT_EXPLODE },
	{ "implode", required_argument, NULL, OPT_IMPLODE },
	{ "tee", required_argument, NULL, OPT_TEE },
	{ "salvage", no_argument, NULL, OPT_SALVAGE },
	{ "strict", no_argument, NULL, OPT_STRICT },
	{ "lane", required_argument, NULL, OPT_LANE },
	{ "spool", required_argument, NULL, OPT_SPOOL },
	{ "reconnect", required_argument, NULL, OPT_RECONNECT },
	{ "collect", required_argument, NULL, OPT_COLLECT },
	{ "lanes", required_argument, NULL, OPT_LANES },
	{ "window", required_argument, NULL, OPT_WINDOW },
	{ "timeout", required_argument, NULL, OPT_TIMEOUT },
	{ "feed", required_argument, NULL, OPT_FEED },
	OPTS_THREADS,
	OPTS_WORDS
};

/* All that rec-split does.  Of two options that do not go together the first
 * of these complains. */
static const struct family *const families[] = {
	&split_family, &join_family, &explode_family, &tee_family,
	&lane_family, &collect_family,
};
#define FAMILIES	(sizeof(families) / sizeof(families[0]))

static const char actions[] = "one of -b, -n, -j, -t, --explode, --implode, "
    "--tee, --lane, --collect and --feed";

#define SECONDS_MAX	86400
#define KEPT_MIN	(UINT64_C(1) << 20)	/* bytes */
#define KEPT_MAX	(UINT64_C(16) << 30)

void
choose(struct options *o, const struct action *action)
{
	if (o->action != NULL)
		opts_wrong(name, "%s", actions);
	o->action = action;
}

void
no_operands(int count, char *const *operand)
{
	(void)operand;
	if (count != 0)
		opts_wrong(name, "no operand goes with that");
}

const char *
take_command(const char *option)
{
	if (*optarg == '\0')
		opts_wrong(name, "%s takes a command", option);
	return optarg;
}

unsigned
take_seconds(const char *option)
{
	return (unsigned)opts_count(name, option, 1, SECONDS_MAX);
}

uint64_t
take_kept(const char *option)
{
	return opts_size(name, option, KEPT_MIN, KEPT_MAX, 1);
}

void
tell_lane(const struct fault *f)
{
	fault_print(name, f);
}

void
say_set(const struct options *o, uint64_t payload, uint64_t chunks,
    uint32_t parts, const uint8_t set[PART_SET_SIZE])
{
	char hex[2 * PART_SET_SIZE + 1];

	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks in %"
		    PRIu32 " parts, set %s", payload, chunks, parts,
		    sodium_bin2hex(hex, sizeof(hex), set, PART_SET_SIZE));
}

static void
take(struct options *o, int c, const char *given)
{
	size_t i;

	for (i = 0; i < FAMILIES; i++)
		if (families[i]->take(o, c))
			return;
	opts_take(&o->common, name, help, examples, c, given);
}

/* Refuses what makes no sense together. */
static void
check(const struct options *o, int count, char *const *operand)
{
	size_t i;

	if (o->action == NULL)
		opts_wrong(name, "%s", actions);
	o->action->operands(count, operand);
	for (i = 0; i < FAMILIES; i++)
		if (families[i]->check != NULL)
			families[i]->check(o);
}

static void
parse(struct options *o, int argc, char *argv[])
{
	int c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, ":b:n:fjtT:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	check(o, argc - optind, argv + optind);
}

int
main(int argc, char *argv[])
{
	struct options o = { .common.threads = opts_threads("0") };
	struct fault f;

	opts_descriptors();
	parse(&o, argc, argv);
	if (o.action->run(&o, argc - optind, argv + optind, &f) == -1)
		fault_exit(name, &f);
	return o.join.damaged ? EXIT_INTEGRITY : EXIT_DONE;
}
