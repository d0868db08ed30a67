/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-encrypt-options.c - the command line of rec-encrypt.
 */
#include <getopt.h>
#include <string.h>

#include "fault.h"
#include "rec-encrypt.h"
#include "seal.h"
#include "suite.h"

const char name[] = "rec-encrypt";

static const char help[] =
"usage: rec-encrypt -r RECIPIENT [-R FILE] [options] < stream > sealed\n"
"       rec-encrypt -p [options] < stream > sealed\n"
"       rec-encrypt -d | -t [-i IDENTITY] [options] < sealed > stream\n"
"       rec-encrypt -l [--json] < sealed\n"
"       rec-encrypt --keygen [-o FILE]\n"
"\n"
"  -r, --recipient RECIPIENT\n"
"                           seal to this key: age1..., or 'ssh-ed25519 AAAA...';\n"
"                           may come more than once\n"
"  -R, --recipients-file FILE\n"
"                           and to all keys of this file, one on each line\n"
"  -p, --passphrase         seal to a passphrase instead, which is asked for\n"
"  --passphrase-file FILE   the passphrase is the first line there, instead of\n"
"                           what is typed; with -d, too\n"
"  --passphrase-fd N        or the first line that comes from this descriptor\n"
"  --chunk SIZE             of the pieces that are sealed: 64K to 16M, a power\n"
"                           of 2 (default 256K)\n"
"  --pad                    hide how much there is, within 12 % and 2 chunks\n"
"  --cipher aes|chacha      (default: aes where the processor has it)\n"
"  -d, --decode             open and verify the container, write the stream\n"
"  -t, --test               open and verify it, write nothing\n"
"  -i, --identity IDENTITY  a file with the key that opens it: of age-keygen or\n"
"                           ssh-keygen; may come more than once. Without it a\n"
"                           passphrase is asked for\n"
"  -f, --force              take identity files that others may read\n"
"  -l, --list               say what it is sealed with, and how large it is;\n"
"                           needs no key, verifies nothing\n"
"  --json                   with -l: say it as JSON\n"
"  --keygen                 print a new identity\n"
"  -o, --output FILE        to a new file, that nobody else may read\n"
OPTS_HELP_THREADS
OPTS_HELP_PASS
OPTS_HELP_PROGRESS
OPTS_HELP_TALK
OPTS_HELP_WORDS
"\n"
"Exit status: 0 done, 1 I/O or memory, 2 usage, 3 stream malformed or cut,\n"
"4 damaged, forged, or the wrong key, 5 refused (sealed already, not sealed,\n"
"a key file that others may read, unknown version).\n";

static const char examples[] =
"Examples:\n"
"  A key, and a snapshot for it:\n"
"    rec-encrypt --keygen -o backup.key\n"
"    xc-emit -c 7 | rec-compress | rec-encrypt -r age1... > mail.sealed\n"
"  What is it sealed with, and is it whole?\n"
"    rec-encrypt -l < mail.sealed\n"
"    rec-encrypt -t -i backup.key < mail.sealed\n"
"  Bring it back:\n"
"    xc-absorb -i backup.key --unpause < mail.sealed\n";

#define CHUNK_DEFAULT	(UINT32_C(256) << 10)	/* bytes */


/* The options that have no letter. */
enum {
	OPT_PASSPHRASE_FD = 256, OPT_CHUNK, OPT_PAD, OPT_CIPHER, OPT_JSON,
	OPT_KEYGEN
};

static const struct option longs[] = {
	{ "recipient", required_argument, NULL, 'r' },
	{ "recipients-file", required_argument, NULL, 'R' },
	{ "passphrase", no_argument, NULL, 'p' },
	{ "passphrase-file", required_argument, NULL, KEYRING_FILE },
	{ "passphrase-fd", required_argument, NULL, OPT_PASSPHRASE_FD },
	{ "identity", required_argument, NULL, 'i' },
	{ "chunk", required_argument, NULL, OPT_CHUNK },
	{ "pad", no_argument, NULL, OPT_PAD },
	{ "cipher", required_argument, NULL, OPT_CIPHER },
	{ "decode", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "list", no_argument, NULL, 'l' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "force", no_argument, NULL, 'f' },
	{ "keygen", no_argument, NULL, OPT_KEYGEN },
	{ "output", required_argument, NULL, 'o' },
	OPTS_PASS,
	OPTS_THREADS,
	OPTS_WORDS
};

static void
take_action(struct options *o, enum action action)
{
	if (o->action != SEAL)
		opts_wrong(name, "one of -d, -t, -l and --keygen");
	o->action = action;
}

static void
take_chunk(struct options *o)
{
	uint64_t size = opts_size(name, "--chunk", SEAL_CHUNK_MIN,
	    SEAL_CHUNK_MAX, 1);

	if ((size & (size - 1)) != 0)
		opts_wrong(name, "--chunk takes a power of 2");
	o->chunk = (uint32_t)size;
}

static void
take_cipher(struct options *o)
{
	if (strcmp(optarg, "aes") == 0)
		o->cipher = SUITE_AES256;
	else if (strcmp(optarg, "chacha") == 0)
		o->cipher = SUITE_CHACHA20;
	else
		opts_wrong(name, "--cipher takes aes or chacha");
}

/* An option that says how to seal. */
static bool
take_sealing(struct options *o, int c)
{
	struct fault f;
	int result = 0;

	switch (c) {
	case 'r':
		result = age_recipient(&o->to, optarg, &f);
		break;
	case 'R':
		result = age_recipients_file(&o->to, opts_file(name, "-R"),
		    &f);
		break;
	case 'p':
		o->phrase = true;
		break;
	case OPT_CHUNK:
		take_chunk(o);
		break;
	case OPT_PAD:
		o->pad = true;
		break;
	case OPT_CIPHER:
		take_cipher(o);
		break;
	default:
		return false;
	}
	if (result == -1)
		fault_exit(name, &f);
	o->sealing_only = true;
	return true;
}

static void
take(struct options *o, int c, const char *given)
{
	switch (c) {
	case OPT_PASSPHRASE_FD:
		o->keys.phrase_fd = (int)opts_count(name, "--passphrase-fd", 3,
		    1 << 20);
		break;
	case 'd':
		take_action(o, OPEN);
		break;
	case 't':
		take_action(o, TEST);
		break;
	case 'l':
		take_action(o, LIST);
		break;
	case OPT_KEYGEN:
		take_action(o, KEYGEN);
		break;
	case 'o':
		o->output = opts_file(name, "-o");
		break;
	case 'f':
		o->keys.force = true;
		break;
	case OPT_JSON:
		o->json = true;
		break;
	default:
		if (!keyring_take(&o->keys, name, c) && !take_sealing(o, c))
			opts_take(&o->common, name, help, examples, c, given);
	}
}

/* Refuses what makes no sense together. */
static void
check(const struct options *o)
{
	bool opens = o->action == OPEN || o->action == TEST;
	bool phrase = keyring_phrase_given(&o->keys);

	if (o->action != SEAL && o->sealing_only)
		opts_wrong(name, "-r, -R, -p, --chunk, --pad and --cipher are "
		    "for sealing");
	if (!opens && (o->keys.count > 0 || o->keys.force))
		opts_wrong(name, "-i and -f go with -d or -t");
	if (o->json && o->action != LIST)
		opts_wrong(name, "--json goes with -l");
	if (o->output != NULL && o->action != KEYGEN)
		opts_wrong(name, "-o goes with --keygen");
	if (o->keys.phrase_file != NULL && o->keys.phrase_fd != -1)
		opts_wrong(name, "one of --passphrase-file and "
		    "--passphrase-fd");
	if (phrase && !opens && o->action != SEAL)
		opts_wrong(name, "a passphrase goes with sealing, -d and -t");
	if (phrase && o->keys.count > 0)
		opts_wrong(name, "-i or a passphrase, not both");
	if (o->action == SEAL && (o->phrase || phrase) ==
	    (o->to.keys.count > 0))
		opts_wrong(name, o->to.keys.count > 0 ? "a passphrase stands "
		    "alone, not beside -r or -R" : "to whom?  -r, -R, or -p");
}

void
options_read(struct options *o, int argc, char *argv[])
{
	int c;

	o->chunk = CHUNK_DEFAULT;
	o->keys.phrase_fd = -1;
	o->common.threads = opts_threads("0");
	opterr = 0;
	while ((c = getopt_long(argc, argv, ":r:R:pi:dtlfo:T:" OPTS_LETTERS,
	    longs, NULL)) != -1)
		take(o, c, argv[optind - 1]);
	opts_end(&o->common, name);
	opts_no_operand(name, argc, argv);
	check(o);
}
