/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-checksum - check data into a stream, or verified and taken out.
 *
 *     xc-emit -c 7 | rec-compress | rec-checksum > mail.rec
 *     rec-checksum -d < mail.rec | xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "damage.h"
#include "fault.h"
#include "filter.h"
#include "format.h"
#include "opts.h"
#include "pmap.h"
#include "protect.h"
#include "salvage.h"
#include "sandbox.h"
#include "utf8.h"
#include "verify_codec.h"

static const char name[] = "rec-checksum";

static const char help[] =
"usage: rec-checksum [-a crc32c | blake2b] [options] < stream > checked\n"
"       rec-checksum -d [--allow-unchecked] [options] < checked > stream\n"
"       rec-checksum -t [-v] [options] < checked\n"
"       rec-checksum --salvage [--report=json] < checked > stream\n"
"\n"
"  -a, --algorithm crc32c|blake2b\n"
"                           of the digest: against damage (default crc32c), or\n"
"                           against forgery too\n"
"  --sign KEY               sign the digest with the secret key of minisign's in\n"
"                           this file; implies -a blake2b\n"
"  --passphrase-file FILE   the key's passphrase is its first line, instead of\n"
"                           what is typed\n"
"  --sequence N             a number for the digest to cover: 1 to 2^53\n"
"  --context TEXT           a text for it, of at most 1024 bytes\n"
"  --id HEX                 32 digits: the stream's, instead of random ones, for\n"
"                           output that is the same each time\n"
"  -d, --decode             verify the stream and take the check data out\n"
"  -t, --test               verify it, write nothing; with -v go on behind\n"
"                           damage, and say what all of it is\n"
"  --salvage                write a stream of all that is sound, say what is\n"
"                           lost\n"
"  --report=json            with --salvage, -t -v: say it in JSON, on stderr\n"
"  --verify PUBKEY          with -d, -t: it has to be signed with this key, a\n"
"                           file or the key itself\n"
"  --newer-than N           with --verify: and its number has to be more than N\n"
"  --allow-unchecked        with -d, -t: pass a stream that has no check data\n"
"  --max-tail SIZE          how much may stand around the image: 0 to 256M\n"
"                           (default 256M)\n"
OPTS_HELP_THREADS
"  --pass-after-end         hand on what follows the stream's END at once\n"
"                           (inside xl migrate -s)\n"
OPTS_HELP_PROGRESS
"  -q, --quiet              say errors only (default)\n"
"  -v, --verbose            say more, on stderr\n"
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"4 damaged, without check data or not signed, 5 refused (has check data\n"
"already, has checkpoints, too much around the image, unknown version).\n";

static const char examples[] =
"Examples:\n"
"  Keep a snapshot of guest 7, and look later whether it is sound:\n"
"    xc-emit -c 7 | rec-compress | rec-checksum > mail.rec\n"
"    rec-checksum -t < mail.rec && echo sound\n"
"  Beside Xen's own tools, which take it as it is:\n"
"    xl save 7 /dev/stdout | rec-checksum > mail.xl\n"
"    rec-checksum -t < mail.xl && xl restore mail.xl\n"
"  Sign it, and take none that is older than the last:\n"
"    minisign -G -p backup.pub -s backup.key\n"
"    xc-emit -c 7 | rec-compress |\n"
"        rec-checksum --sign backup.key --sequence 31 > mail.signed\n"
"    rec-checksum -d --verify backup.pub --newer-than 30 < mail.signed\n";

#define SEQUENCE_MAX	(INT64_C(1) << 53)	/* exact in JSON */

struct options {
	bool undo, test, salvage, json, pass_after_end;
	bool packing_only, filter_only, id_given;
	const char *sign, *phrase_file, *verify;
	struct opts common;
};

enum { SEQUENCE = 256, CONTEXT, ID, UNCHECKED, MAX_TAIL, PASS, SALVAGE,
    REPORT, SIGN, PHRASE, VERIFY, NEWER };

static const struct option longs[] = {
	{ "algorithm", required_argument, NULL, 'a' },
	{ "decode", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "sign", required_argument, NULL, SIGN },
	{ "passphrase-file", required_argument, NULL, PHRASE },
	{ "verify", required_argument, NULL, VERIFY },
	{ "newer-than", required_argument, NULL, NEWER },
	{ "sequence", required_argument, NULL, SEQUENCE },
	{ "context", required_argument, NULL, CONTEXT },
	{ "id", required_argument, NULL, ID },
	{ "allow-unchecked", no_argument, NULL, UNCHECKED },
	{ "max-tail", required_argument, NULL, MAX_TAIL },
	{ "salvage", no_argument, NULL, SALVAGE },
	{ "report", required_argument, NULL, REPORT },
	{ "pass-after-end", no_argument, NULL, PASS },
	OPTS_THREADS,
	OPTS_WORDS
};

/* Both directions; which one is meant turns out when all options are read. */
struct job {
	struct protection add;
	struct verifiers check;
	struct protector adder[THREADS_MAX];
	struct verifier checker[THREADS_MAX];
	void *worker[THREADS_MAX];
	struct minisign_secret secret;
	struct minisign_public public;
};

static void
take_algorithm(struct job *job)
{
	if (strcmp(optarg, "blake2b") == 0)
		job->add.blake2b = true;
	else if (strcmp(optarg, "crc32c") != 0)
		opts_wrong(name, "-a takes crc32c or blake2b");
}

static bool
is_text(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	size_t size = strlen(text), n;
	uint32_t code;

	for (; size > 0; at += n, size -= n)
		if ((n = utf8_next(at, size, &code)) == 0)
			return false;
	return true;
}

static void
take_context(struct job *job)
{
	if (strlen(optarg) > DIGEST_CONTEXT_MAX ||
	    !is_text(optarg))
		opts_wrong(name, "--context takes a text of at most %u "
		    "bytes, in UTF-8", DIGEST_CONTEXT_MAX);
	job->add.context = optarg;
}

static void
take_id(struct job *job)
{
	size_t size;

	if (strlen(optarg) != (size_t)2 * CHECK_ID_SIZE ||
	    sodium_hex2bin(job->add.id, CHECK_ID_SIZE, optarg,
	    strlen(optarg), NULL, &size, NULL) != 0 || size != CHECK_ID_SIZE)
		opts_wrong(name, "--id takes %u hexadecimal digits",
		    2 * CHECK_ID_SIZE);
}

/* An option that is for adding check data alone. */
static bool
take_adding(struct job *job, struct options *o, int c)
{
	switch (c) {
	case 'a':
		take_algorithm(job);
		break;
	case SEQUENCE:
		job->add.sequence = (uint64_t)opts_count(name, "--sequence",
		    1, SEQUENCE_MAX);
		break;
	case CONTEXT:
		take_context(job);
		break;
	case SIGN:
		o->sign = opts_file(name, "--sign");
		break;
	case PHRASE:
		o->phrase_file = opts_file(name, "--passphrase-file");
		break;
	case ID:
		take_id(job);
		o->id_given = true;
		break;
	default:
		return false;
	}
	o->packing_only = true;
	return true;
}

static void
take(struct job *job, struct options *o, int c, const char *given)
{
	if (take_adding(job, o, c))
		return;
	switch (c) {
	case 'd':
		o->undo = true;
		break;
	case 't':
		o->undo = o->test = true;
		break;
	case SALVAGE:
		o->salvage = true;
		break;
	case REPORT:
		if (strcmp(optarg, "json") != 0)
			opts_wrong(name, "--report takes json");
		o->json = true;
		break;
	case VERIFY:
		o->verify = opts_file(name, "--verify");
		o->filter_only = true;
		break;
	case NEWER:
		job->check.all.newer_than = (uint64_t)opts_count(name,
		    "--newer-than", 1, SEQUENCE_MAX);
		o->filter_only = true;
		break;
	case UNCHECKED:
		job->check.all.allow_unchecked = o->filter_only = true;
		break;
	case MAX_TAIL:
		job->add.tail.max = job->check.around.max = opts_size(name,
		    "--max-tail", 0, HOLD_MAX, 1);
		o->filter_only = true;
		break;
	case PASS:
		o->pass_after_end = o->filter_only = true;
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

/* Whether to look at all of a damaged stream. */
static bool
goes_on(const struct options *o)
{
	return o->test && o->common.verbose && !o->filter_only;
}

static void
parse(int argc, char *argv[], struct job *job, struct options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, ":a:dtT:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(job, o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	if (optind != argc)
		opts_wrong(name, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
	if (o->undo && o->packing_only)
		opts_wrong(name, "-a, --sign, --sequence, --context and --id "
		    "are for adding check data, not for -d and -t");
	if (!o->undo && (o->verify != NULL || job->check.all.newer_than > 0))
		opts_wrong(name, "--verify and --newer-than go with -d or -t");
	if (o->verify == NULL && job->check.all.newer_than > 0)
		opts_wrong(name, "--newer-than goes with --verify: who can "
		    "alter a stream can alter its number");
	if (o->verify != NULL && job->check.all.allow_unchecked)
		opts_wrong(name, "--verify and --allow-unchecked exclude each "
		    "other");
	if (o->phrase_file != NULL && o->sign == NULL)
		opts_wrong(name, "--passphrase-file goes with --sign");
	if (!o->undo && job->check.all.allow_unchecked)
		opts_wrong(name, "--allow-unchecked goes with -d or -t");
	if (o->salvage && (o->undo || o->packing_only || o->filter_only))
		opts_wrong(name, "--salvage goes with --report alone");
	if (o->json && !o->salvage && !goes_on(o))
		opts_wrong(name, "--report goes with --salvage, or -t -v");
}

static struct codec
direction(struct job *job, const struct options *o)
{
	struct codec add = {
		.layer = REC_CHECK, .whole = job->add.blake2b,
		.through = !job->add.blake2b, .worker = job->worker,
		.work = protect_work, .write = protect_write,
	};
	struct codec check = {
		.whole = true, .worker = job->worker, .pairs = checking_pairs,
		.arrived = verify_arrived, .first = verify_first,
		.work = verify_work, .write = verify_write,
	};
	unsigned i;

	for (i = 0; i < THREADS_MAX; i++) {
		job->adder[i].shared = &job->add;
		job->checker[i].shared = &job->check;
		job->checker[i].checking.kind = &job->check.kind;
		job->worker[i] = o->undo ? (void *)&job->checker[i] :
		    (void *)&job->adder[i];
	}
	return o->undo ? check : add;
}

/* What was verified, or what it came to. */
static void
tell(const struct job *job, const struct options *o)
{
	uint64_t records = o->undo ? job->check.all.records : job->add.records;

	if (!o->common.verbose)
		return;
	if (o->undo && job->check.all.state == NOTHING_TO_VERIFY)
		fault_tell(name, "no check data: nothing was verified");
	else
		fault_tell(name, "%" PRIu64 " records %s", records,
		    o->undo ? "verified" : "covered");
}

/* The keys, for either direction. */
static int
load_keys(struct job *job, const struct options *o, struct fault *f)
{
	if (o->sign != NULL) {
		if (minisign_secret(o->sign, o->phrase_file, &job->secret,
		    f) == -1)
			return -1;
		job->add.sign = &job->secret;
		job->add.blake2b = true;
		job->add.time = (uint64_t)time(NULL);
	}
	if (o->verify != NULL) {
		if (minisign_public(o->verify, &job->public, f) == -1)
			return -1;
		job->check.all.signer = &job->public;
	}
	return 0;
}

/* What is sound, of a damaged stream too.  Returns the exit status. */
static int
look_through(const struct options *o)
{
	struct damage damage = { .tool = name, .json = o->json };
	struct salvage s = {
		.in = STDIN_FILENO, .out = o->test ? -1 : STDOUT_FILENO,
		.tell = damage_tell, .listener = &damage,
	};
	struct fault f;

	if (sandbox_enter(NULL, &f) == -1 || salvage_run(&s, &f) == -1)
		fault_exit(name, &f);
	damage_end(&damage, &s);
	if (!s.damaged && o->common.verbose && !o->json)
		fault_tell(name, "%" PRIu64 " records verified", s.records);
	return s.damaged ? EXIT_INTEGRITY : EXIT_DONE;
}

int
main(int argc, char *argv[])
{
	static struct job job;
	struct options o = { .common.threads = opts_threads("0") };
	struct codec codec;
	struct filter filter = { .codec = &codec, .in = STDIN_FILENO };
	struct fault f;

	opts_descriptors();
	opterr = 0;
	job.add.tail.max = job.check.around.max = HOLD_MAX;
	parse(argc, argv, &job, &o);
	opts_no_terminal(name, STDIN_FILENO);
	if (!o.test)
		opts_no_terminal(name, STDOUT_FILENO);
	if (o.salvage || goes_on(&o))
		return look_through(&o);
	if (!o.id_given)
		randombytes_buf(job.add.id, CHECK_ID_SIZE);

	if (load_keys(&job, &o, &f) == -1)
		fault_exit(name, &f);
	codec = direction(&job, &o);
	filter.out = o.test ? -1 : STDOUT_FILENO;
	filter.threads = o.common.threads;
	filter.pass_after_end = o.pass_after_end;
	if (sandbox_enter(NULL, &f) == -1 || filter_run(&filter, &f) == -1)
		fault_exit(name, &f);
	sodium_memzero(&job.secret, sizeof(job.secret));
	tell(&job, &o);
	protect_free(&job.add);
	hold_free(&job.check.around);
	return EXIT_DONE;
}
