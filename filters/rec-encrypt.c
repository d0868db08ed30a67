/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-encrypt - a stream into an encrypted container, or out of it.
 *
 *     xc-emit -c 7 | rec-compress | rec-encrypt -r age1... > mail.sealed
 *     rec-encrypt -d -i key.txt < mail.sealed | xc-absorb
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "age.h"
#include "enclose.h"
#include "guard.h"
#include "keyring.h"
#include "manifest.h"
#include "opts.h"
#include "sandbox.h"
#include "unseal.h"

static const char name[] = "rec-encrypt";

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
"  --pass-after-end         hand on what follows the stream's END at once\n"
"                           (inside xl migrate -s)\n"
OPTS_HELP_PROGRESS
"  -q, --quiet              say errors only (default)\n"
"  -v, --verbose            say more, on stderr\n"
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

enum action { SEAL, OPEN, TEST, LIST, KEYGEN };

struct options {
	enum action action;
	bool phrase, pad, json, pass_after_end;
	bool sealing_only;	/* an option was given that says how to seal */
	const char *output;
	unsigned cipher;	/* 0: the fastest */
	uint32_t chunk;
	struct age_recipients to;
	struct keyring keys;
	struct opts common;
};

enum { CHUNK = 256, PAD, CIPHER, FD_PHRASE, KEY_NEW, PASS,
    JSON };

static const struct option longs[] = {
	{ "recipient", required_argument, NULL, 'r' },
	{ "recipients-file", required_argument, NULL, 'R' },
	{ "passphrase", no_argument, NULL, 'p' },
	{ "passphrase-file", required_argument, NULL, KEYRING_FILE },
	{ "passphrase-fd", required_argument, NULL, FD_PHRASE },
	{ "identity", required_argument, NULL, 'i' },
	{ "chunk", required_argument, NULL, CHUNK },
	{ "pad", no_argument, NULL, PAD },
	{ "cipher", required_argument, NULL, CIPHER },
	{ "decode", no_argument, NULL, 'd' },
	{ "test", no_argument, NULL, 't' },
	{ "list", no_argument, NULL, 'l' },
	{ "json", no_argument, NULL, JSON },
	{ "force", no_argument, NULL, 'f' },
	{ "keygen", no_argument, NULL, KEY_NEW },
	{ "output", required_argument, NULL, 'o' },
	{ "pass-after-end", no_argument, NULL, PASS },
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
	case CHUNK:
		take_chunk(o);
		break;
	case PAD:
		o->pad = true;
		break;
	case CIPHER:
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
	case FD_PHRASE:
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
	case KEY_NEW:
		take_action(o, KEYGEN);
		break;
	case 'o':
		o->output = opts_file(name, "-o");
		break;
	case 'f':
		o->keys.force = true;
		break;
	case JSON:
		o->json = true;
		break;
	case PASS:
		o->pass_after_end = true;
		break;
	default:
		if (!keyring_take(&o->keys, name, c) && !take_sealing(o, c))
			opts_take(&o->common, name, help, examples, c, given);
	}
}

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

/* The passphrase as the only recipient. */
static int
add_phrase(struct options *o, struct fault *f)
{
	char *phrase = keyring_phrase(&o->keys, true, f);
	int result;

	if (phrase == NULL)
		return -1;
	result = age_recipients_phrase(&o->to, phrase, strlen(phrase),
	    AGE_WORK, f);
	sodium_free(phrase);
	return result;
}

/* A fresh stream key, its envelope, and the header with both. */
static int
begin(struct seal *seal, const struct options *o, struct record *header,
    struct fault *f)
{
	uint8_t envelope[AGE_SEALED_MAX], *key = sodium_malloc(SEAL_KEY_SIZE);
	size_t size;
	int result;

	if (key == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a key");
	randombytes_buf(key, SEAL_KEY_SIZE);
	result = age_seal(&o->to, key, envelope, &size, f);
	if (result == 0)
		result = seal_begin(seal, key, envelope, size, header, f);
	sodium_free(key);
	return result;
}

/* What is to be read was read. */
static int
confine(struct fault *f)
{
	suite_load();
	return sandbox_enter(NULL, f);
}

static int
seal(struct options *o, struct fault *f)
{
	struct seal seal = {
		.padded = o->pad, .chunk = o->chunk,
		.suite = o->cipher == 0 ? suite_fastest() : o->cipher,
	};
	struct record header = { 0 };
	struct enclose e = {
		.in = STDIN_FILENO, .out = STDOUT_FILENO,
		.threads = o->common.threads, .seal = &seal,
		.pass_after_end = o->pass_after_end, .header = &header,
	};

	if (o->to.keys.count == 0 && add_phrase(o, f) == -1)
		return -1;
	if (begin(&seal, o, &header, f) == -1 || confine(f) == -1 ||
	    enclose_run(&e, f) == -1)
		return -1;
	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks",
		    e.payload, e.chunks);
	seal_free(&seal);
	record_free(&header);
	age_recipients_free(&o->to);
	return 0;
}

static int
unseal(struct options *o, struct fault *f)
{
	struct unseal u = {
		.in = STDIN_FILENO, .threads = o->common.threads,
		.out = o->action == TEST ? -1 : STDOUT_FILENO,
		.pass_after_end = o->pass_after_end,
		.unwrap = keyring_unwrap, .keys = &o->keys,
	};

	if (keyring_load(&o->keys, f) == -1 || confine(f) == -1 ||
	    unseal_run(&u, f) == -1)
		return -1;
	if (o->common.verbose)
		fault_tell(name, "%" PRIu64 " bytes in %" PRIu64 " chunks "
		    "verified", u.payload, u.chunks);
	keyring_free(&o->keys);
	return 0;
}

static int
list(const struct options *o, struct fault *f)
{
	int result = sandbox_enter(NULL, f);

	if (result == 0)
		result = manifest_print(STDIN_FILENO, stdout, o->json, f);
	return opts_printed(result, f);
}

static int
keygen(const struct options *o, struct fault *f)
{
	char recipient[AGE_RECIPIENT_SIZE];

	if (keyring_new(o->output, recipient, f) == -1)
		return -1;
	if (!isatty(STDOUT_FILENO) && !o->common.quiet)
		fprintf(stderr, "Public key: %s\n", recipient);
	return 0;
}

static int
act(struct options *o, struct fault *f)
{
	switch (o->action) {
	case KEYGEN:
		return keygen(o, f);
	case LIST:
		return list(o, f);
	case SEAL:
		return seal(o, f);
	default:
		return unseal(o, f);
	}
}

int
main(int argc, char *argv[])
{
	struct options o = {
		.chunk = 256 << 10, .keys.phrase_fd = -1,
		.common.threads = opts_threads("0"),
	};
	struct fault f;
	int c;

	opts_descriptors();
	opterr = 0;
	if (guard_secrets(&f) == -1)
		fault_exit(name, &f);
	while ((c = getopt_long(argc, argv, ":r:R:pi:dtlfo:T:" OPTS_LETTERS,
	    longs, NULL)) != -1)
		take(&o, c, argv[optind - 1]);
	if (optind != argc)
		opts_wrong(name, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
	opts_end(&o.common, name);
	check(&o);
	if (o.action != KEYGEN)
		opts_no_terminal(name, STDIN_FILENO);
	if (o.action == SEAL || o.action == OPEN)
		opts_no_terminal(name, STDOUT_FILENO);
	if (act(&o, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
