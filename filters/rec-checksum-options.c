/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-checksum-options.c - the command line of rec-checksum.
 */
#include <getopt.h>
#include <string.h>

#include <sodium.h>

#include "rec-checksum.h"
#include "utf8.h"

const char name[] = "rec-checksum";

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
OPTS_HELP_PASS
OPTS_HELP_PROGRESS
OPTS_HELP_TALK
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


/* The options that have no letter. */
enum {
	OPT_SIGN = 256, OPT_PASSPHRASE_FILE, OPT_VERIFY, OPT_NEWER_THAN,
	OPT_SEQUENCE, OPT_CONTEXT, OPT_ID, OPT_ALLOW_UNCHECKED, OPT_MAX_TAIL,
	OPT_SALVAGE, OPT_REPORT
};

static const struct option longs[] = {
	{ "algorithm", required_argument, NULL, 'a' },
	{ "decode", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "sign", required_argument, NULL, OPT_SIGN },
	{ "passphrase-file", required_argument, NULL, OPT_PASSPHRASE_FILE },
	{ "verify", required_argument, NULL, OPT_VERIFY },
	{ "newer-than", required_argument, NULL, OPT_NEWER_THAN },
	{ "sequence", required_argument, NULL, OPT_SEQUENCE },
	{ "context", required_argument, NULL, OPT_CONTEXT },
	{ "id", required_argument, NULL, OPT_ID },
	{ "allow-unchecked", no_argument, NULL, OPT_ALLOW_UNCHECKED },
	{ "max-tail", required_argument, NULL, OPT_MAX_TAIL },
	{ "salvage", no_argument, NULL, OPT_SALVAGE },
	{ "report", required_argument, NULL, OPT_REPORT },
	OPTS_PASS,
	OPTS_THREADS,
	OPTS_WORDS
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
take_adding(struct options *o, struct job *job, int c)
{
	switch (c) {
	case 'a':
		take_algorithm(job);
		break;
	case OPT_SEQUENCE:
		job->add.sequence = (uint64_t)opts_count(name, "--sequence",
		    1, SEQUENCE_MAX);
		break;
	case OPT_CONTEXT:
		take_context(job);
		break;
	case OPT_SIGN:
		o->sign = opts_file(name, "--sign");
		break;
	case OPT_PASSPHRASE_FILE:
		o->phrase_file = opts_file(name, "--passphrase-file");
		break;
	case OPT_ID:
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
take(struct options *o, struct job *job, int c, const char *given)
{
	if (take_adding(o, job, c))
		return;
	switch (c) {
	case 'd':
		o->undo = true;
		break;
	case 't':
		o->undo = o->test = true;
		break;
	case OPT_SALVAGE:
		o->salvage = true;
		break;
	case OPT_REPORT:
		if (strcmp(optarg, "json") != 0)
			opts_wrong(name, "--report takes json");
		o->json = true;
		break;
	case OPT_VERIFY:
		o->verify = opts_file(name, "--verify");
		o->filter_only = true;
		break;
	case OPT_NEWER_THAN:
		job->check.all.newer_than = (uint64_t)opts_count(name,
		    "--newer-than", 1, SEQUENCE_MAX);
		o->filter_only = true;
		break;
	case OPT_ALLOW_UNCHECKED:
		job->check.all.allow_unchecked = o->filter_only = true;
		break;
	case OPT_MAX_TAIL:
		job->add.tail.max = job->check.around.max = opts_size(name,
		    "--max-tail", 0, HOLD_MAX, 1);
		o->filter_only = true;
		break;
	default:
		opts_take(&o->common, name, help, examples, c, given);
	}
}

bool
goes_on(const struct options *o)
{
	return o->test && o->common.verbose && !o->filter_only;
}

/* Refuses what makes no sense together. */
static void
check(const struct options *o, const struct job *job)
{
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

void
options_read(struct options *o, struct job *job, int argc, char *argv[])
{
	int c;

	o->common.threads = opts_threads("0");
	job->add.tail.max = job->check.around.max = HOLD_MAX;
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":a:dtT:" OPTS_LETTERS, longs,
	    NULL)) != -1)
		take(o, job, c, argv[optind - 1]);
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	o->filter_only |= o->common.pass_after_end;
	check(o, job);
}
