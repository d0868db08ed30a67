/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-split - a stream into volumes or single records, and back.
 *
 *     xc-emit -c 7 | rec-encrypt -r age1... | rec-split -b 4G mail.
 *     rec-split -j mail.*.rec | rec-encrypt -d -i key.txt | xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "branch.h"
#include "collect.h"
#include "explode.h"
#include "fault.h"
#include "feed.h"
#include "implode.h"
#include "join.h"
#include "lanes.h"
#include "opts.h"
#include "split.h"
#include "stop.h"

static const char name[] = "rec-split";

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
"  -b SIZE            parts of at most this size, 64K and more; K, M, G\n"
"  -n N               N parts of one size, 1 to 1000\n"
"  --filter COMMAND   feed each part to COMMAND instead of a file; $FILE is its\n"
"                     name\n"
"  -f                 replace files that are there\n"
"  -j                 join parts, in any order, having verified them; '-': those\n"
"                     that come on stdin one after the other\n"
"  --salvage          with -j: leave out what is damaged or missing, say what\n"
"  -t                 verify parts, write nothing\n"
"  --explode DIR      a file for each record, and for pages and what is around\n"
"                     them, in the new directory DIR\n"
"  --implode DIR      the stream again, with what was changed there\n"
"  --tee COMMAND      hand the stream on, and a copy to COMMAND\n"
"  --strict           with --tee: no END unless COMMAND exits 0\n"
"  --lane COMMAND     send over it, and the others, say 'ssh HOST rec-split --feed\n"
"                     SOCKET'\n"
"  --spool SIZE       keep so much that did not arrive (default 64M); more than\n"
"                     that goes to a file in TMPDIR or /var/tmp\n"
"  --reconnect S      start lanes again, until none is heard of for S seconds\n"
"  --collect SOCKET   make the stream again of what is fed to this unix socket\n"
"  --lanes N          from at most so many lanes, 1 to 256 (default 64)\n"
"  --window SIZE      keep so much that came out of order (default 64M)\n"
"  --timeout S        give up when there is no lane for S seconds (default 60)\n"
"  --feed SOCKET      the far end of a lane: hand on to and from that socket\n"
"  -T N               threads, 1 to 256; 0: one per processor (default 0)\n"
"  -q, -v             say errors only (default); say what was done, on stderr\n"
"  -h, -V             this help; the version\n"
"\n"
"Exit status: 0 done, 1 I/O, memory, or a COMMAND failed, 2 usage, 3 malformed\n"
"or cut, parts or chunks are missing, 4 damaged, or of another set, 5 refused\n"
"(a file is there, split already, no part, a socket that others can reach).\n";

enum action {
	NONE, SPLIT, JOIN, TEST, EXPLODE, IMPLODE, BRANCH, SEND, COLLECT, FEED
};

struct options {
	enum action action;
	const char *dir;	/* or the socket */
	struct split split;
	struct join join;
	struct branch branch;
	struct lanes lanes;
	struct collect collect;
	struct opts common;
};

enum {
	FILTER = 256, OUT, IN, TEE, STRICT, SALVAGE, LANE, SPOOL, RECONNECT,
	GATHER, LANES, WINDOW, TIMEOUT, HAND_ON
};

#define LANES_DEFAULT	64u
#define TIMEOUT_DEFAULT	60u		/* s */
#define TIMEOUT_MAX	86400
#define KEPT_DEFAULT	(UINT64_C(64) << 20)
#define KEPT_MIN	(UINT64_C(1) << 20)
#define KEPT_MAX	(UINT64_C(16) << 30)

static const struct option longs[] = {
	{ "bytes", required_argument, NULL, 'b' },
	{ "number", required_argument, NULL, 'n' },
	{ "filter", required_argument, NULL, FILTER },
	{ "force", no_argument, NULL, 'f' },
	{ "join", no_argument, NULL, 'j' },
	{ "test", no_argument, NULL, 't' },
	{ "explode", required_argument, NULL, OUT },
	{ "implode", required_argument, NULL, IN },
	{ "tee", required_argument, NULL, TEE },
	{ "salvage", no_argument, NULL, SALVAGE },
	{ "strict", no_argument, NULL, STRICT },
	{ "lane", required_argument, NULL, LANE },
	{ "spool", required_argument, NULL, SPOOL },
	{ "reconnect", required_argument, NULL, RECONNECT },
	{ "collect", required_argument, NULL, GATHER },
	{ "lanes", required_argument, NULL, LANES },
	{ "window", required_argument, NULL, WINDOW },
	{ "timeout", required_argument, NULL, TIMEOUT },
	{ "feed", required_argument, NULL, HAND_ON },
	OPTS_THREADS,
	OPTS_WORDS
};

static const char actions[] = "one of -b, -n, -j, -t, --explode, --implode, "
    "--tee, --lane, --collect and --feed";

static void
take_action(struct options *o, enum action action)
{
	if (o->action != NONE)
		opts_wrong(name, "%s", actions);
	o->action = action;
}

static const char *
take_command(const char *option)
{
	if (*optarg == '\0')
		opts_wrong(name, "%s takes a command", option);
	return optarg;
}

static void
lost(const struct fault *f)
{
	fault_tell(name, "lost: %s", f->text);
}

static void
lane_ended(const struct fault *f)
{
	fault_print(name, f);
}

static void
take_lane(struct options *o)
{
	struct lanes *l = &o->lanes;

	if (o->action != SEND)
		take_action(o, SEND);
	if (l->count == LANES_MAX)
		opts_wrong(name, "no more than %u lanes", LANES_MAX);
	l->command[l->count++] = take_command("--lane");
}

/* Options of lanes alone; false for others. */
static bool
take_of_lanes(struct options *o, int c)
{
	switch (c) {
	case LANE:
		take_lane(o);
		return true;
	case SPOOL:
		o->lanes.spool = opts_size(name, "--spool", KEPT_MIN,
		    KEPT_MAX, 1);
		return true;
	case RECONNECT:
		o->lanes.reconnect = (unsigned)opts_count(name, "--reconnect",
		    1, TIMEOUT_MAX);
		return true;
	case GATHER:
	case HAND_ON:
		take_action(o, c == GATHER ? COLLECT : FEED);
		o->dir = opts_file(name, c == GATHER ? "--collect" :
		    "--feed");
		return true;
	case LANES:
		o->collect.lanes = (unsigned)opts_count(name, "--lanes", 1,
		    COLLECT_LANES_MAX);
		return true;
	case WINDOW:
		o->collect.window = opts_size(name, "--window", KEPT_MIN,
		    KEPT_MAX, 1);
		return true;
	case TIMEOUT:
		o->collect.timeout = (unsigned)opts_count(name, "--timeout",
		    1, TIMEOUT_MAX);
		return true;
	default:
		return false;
	}
}

static void
take(struct options *o, int c, const char *given)
{
	struct volumes *v = &o->split.volumes;

	switch (c) {
	case 'b':
		take_action(o, SPLIT);
		v->size = opts_size(name, "-b", VOLUME_SIZE_MIN,
		    UINT64_C(1) << 50, 1);
		break;
	case 'n':
		take_action(o, SPLIT);
		v->count = (uint32_t)opts_count(name, "-n", 1, 1000);
		break;
	case FILTER:
		v->command = take_command("--filter");
		break;
	case 'f':
		v->replace = true;
		break;
	case 'j':
		take_action(o, JOIN);
		break;
	case 't':
		take_action(o, TEST);
		break;
	case OUT:
	case IN:
		take_action(o, c == OUT ? EXPLODE : IMPLODE);
		o->dir = opts_file(name, c == OUT ? "--explode" :
		    "--implode");
		break;
	case TEE:
		take_action(o, BRANCH);
		o->branch.text = take_command("--tee");
		break;
	case SALVAGE:
		o->join.lost = lost;
		break;
	case STRICT:
		o->branch.strict = true;
		break;
	default:
		if (!take_of_lanes(o, c))
			opts_take(&o->common, name, help, c, given);
	}
}

static void
check_parts(int operands, char *const *operand)
{
	int i;

	if (operands == 0)
		opts_wrong(name, "which PARTs?  '-' for those on stdin");
	for (i = 0; operands > 1 && i < operands; i++)
		if (strcmp(operand[i], "-") == 0)
			opts_wrong(name, "'-', for all parts on stdin, stands "
			    "alone; /dev/stdin is a part like others");
}

static void
check_of_lanes(const struct options *o)
{
	if (o->action != SEND && (o->lanes.spool != 0 ||
	    o->lanes.reconnect != 0))
		opts_wrong(name, "--spool and --reconnect go with --lane");
	if (o->action != COLLECT && (o->collect.lanes != 0 ||
	    o->collect.window != 0 || o->collect.timeout != 0))
		opts_wrong(name, "--lanes, --window and --timeout go with "
		    "--collect");
}

static void
check(const struct options *o, int operands, char *const *operand)
{
	const struct volumes *v = &o->split.volumes;

	switch (o->action) {
	case NONE:
		opts_wrong(name, "%s", actions);
	case SPLIT:
		if (operands != 1)
			opts_wrong(name, "one PREFIX for the parts' names");
		break;
	case JOIN:
	case TEST:
		check_parts(operands, operand);
		break;
	default:
		if (operands != 0)
			opts_wrong(name, "no operand goes with that");
	}
	if (o->action != SPLIT && (v->command != NULL || v->replace))
		opts_wrong(name, "--filter and -f go with -b or -n");
	if (v->command != NULL && v->replace)
		opts_wrong(name, "-f is for files, not for --filter");
	if (o->join.lost != NULL && o->action != JOIN)
		opts_wrong(name, "--salvage goes with -j");
	if (o->branch.strict && o->action != BRANCH)
		opts_wrong(name, "--strict goes with --tee");
	check_of_lanes(o);
}

static void
say_set(const struct options *o, uint64_t payload, uint64_t chunks,
    uint32_t parts, const uint8_t set[PART_SET_SIZE])
{
	char hex[2 * PART_SET_SIZE + 1];

	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks in %"
		    PRIu32 " parts, set %s", payload, chunks, parts,
		    sodium_bin2hex(hex, sizeof(hex), set, PART_SET_SIZE));
}

static int
split(struct options *o, const char *prefix, struct fault *f)
{
	struct split *s = &o->split;

	opts_no_terminal(name, STDIN_FILENO);
	s->in = STDIN_FILENO;
	s->threads = o->common.threads;
	s->volumes.prefix = prefix;
	stop_does(volumes_stop, &s->volumes);
	stop_by_signals(NULL, name);
	if (split_run(s, f) == -1)
		return -1;
	say_set(o, s->payload, s->chunks, volumes_count(&s->volumes),
	    s->volumes.header.set);
	stop_does(NULL, NULL);
	volumes_close(&s->volumes);
	return 0;
}

static int
join(struct options *o, int count, char *const *path, struct fault *f)
{
	struct join *j = &o->join;
	bool from_stdin = count == 1 && strcmp(path[0], "-") == 0;

	if (from_stdin)
		opts_no_terminal(name, STDIN_FILENO);
	if (o->action == JOIN)
		opts_no_terminal(name, STDOUT_FILENO);
	j->path = path;
	j->count = from_stdin ? 0 : (size_t)count;
	j->out = o->action == JOIN ? STDOUT_FILENO : -1;
	j->threads = o->common.threads;
	if (join_run(j, f) == -1)
		return -1;
	say_set(o, j->payload, j->chunks, j->parts, j->set);
	return 0;
}

/* The stream is whole, but its copy may not be. */
static int
branch(struct options *o, struct fault *f)
{
	struct branch *b = &o->branch;

	opts_no_terminal(name, STDIN_FILENO);
	opts_no_terminal(name, STDOUT_FILENO);
	b->in = STDIN_FILENO;
	b->out = STDOUT_FILENO;
	stop_does(branch_stop, b);
	stop_by_signals(NULL, name);
	if (branch_run(b, f) == -1)
		return -1;
	stop_does(NULL, NULL);
	if (!b->failed)
		return 0;
	*f = b->why;
	return fault_hint(f, "the stream went on, and is whole; its copy is "
	    "not");
}

static void
say_lanes(const struct lanes *l)
{
	unsigned i;

	fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks, %" PRIu64
	    " sent again", l->bytes, l->chunks, l->again);
	for (i = 0; i < l->count; i++)
		fault_tell(name, "lane %u: %" PRIu64 " chunks", i,
		    l->lane[i].chunks);
}

static int
send(struct options *o, struct fault *f)
{
	struct lanes *l = &o->lanes;

	opts_no_terminal(name, STDIN_FILENO);
	l->in = STDIN_FILENO;
	l->threads = o->common.threads;
	l->spool = l->spool == 0 ? KEPT_DEFAULT : l->spool;
	l->news = lane_ended;
	stop_does(lanes_stop, l);
	stop_by_signals(NULL, name);
	if (lanes_run(l, f) == -1)
		return -1;
	stop_does(NULL, NULL);
	if (o->common.verbose)
		say_lanes(l);
	lanes_free(l);
	return 0;
}

static int
collect(struct options *o, struct fault *f)
{
	struct collect *c = &o->collect;

	opts_no_terminal(name, STDOUT_FILENO);
	c->path = o->dir;
	c->out = STDOUT_FILENO;
	c->lanes = c->lanes == 0 ? LANES_DEFAULT : c->lanes;
	c->timeout = c->timeout == 0 ? TIMEOUT_DEFAULT : c->timeout;
	c->window = c->window == 0 ? KEPT_DEFAULT : c->window;
	c->news = lane_ended;
	stop_by_signals(NULL, name);
	if (collect_run(c, f) == -1)
		return -1;
	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks, %"
		    PRIu64 " came again", c->payload, c->chunks, c->again);
	return 0;
}

static int
act(struct options *o, int operands, char *const *operand, struct fault *f)
{
	switch (o->action) {
	case SPLIT:
		return split(o, operand[0], f);
	case BRANCH:
		return branch(o, f);
	case SEND:
		return send(o, f);
	case COLLECT:
		return collect(o, f);
	case FEED:
		return feed_run(o->dir, STDIN_FILENO, STDOUT_FILENO, f);
	case EXPLODE:
		opts_no_terminal(name, STDIN_FILENO);
		stop_by_signals(NULL, name);
		return explode_run(STDIN_FILENO, o->dir, f);
	case IMPLODE:
		opts_no_terminal(name, STDOUT_FILENO);
		return implode_run(o->dir, STDOUT_FILENO, f);
	default:
		return join(o, operands, operand, f);
	}
}

int
main(int argc, char *argv[])
{
	struct options o = { .common.threads = opts_threads("0") };
	struct fault f;
	int c;

	opts_descriptors();
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":b:n:fjtT:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(&o, c, argv[optind - 1]);
	check(&o, argc - optind, argv + optind);
	if (act(&o, argc - optind, argv + optind, &f) == -1)
		fault_exit(name, &f);
	return o.join.damaged ? EXIT_INTEGRITY : EXIT_DONE;
}
