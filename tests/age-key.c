/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * age-key - common/age.h as a program, for the tests.
 *
 *     age-key keygen > identity
 *     age-key seal [-r RECIPIENT | -R FILE | [-w WORK] -P FILE]... < key
 *     age-key open [-f] [-i FILE | -P FILE]... < envelope
 *     age-key list < envelope
 *
 * -P: the first line of FILE is the passphrase.  -f: identities that others
 * may read, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "age.h"
#include "opts.h"
#include "phrase.h"

static const char tool[] = "age-key";

struct keys {
	struct age_recipients to;
	struct age_identities of;
	bool force;
	long work;
};

static int
add_phrase(struct keys *k, bool seal, const char *file, struct fault *f)
{
	char phrase[PHRASE_SIZE];
	int result = phrase_get(file, file, phrase, f);

	if (result == 0)
		result = seal ? age_recipients_phrase(&k->to, phrase,
		    strlen(phrase), (unsigned)k->work, f) :
		    age_identities_phrase(&k->of, phrase, strlen(phrase), f);
	sodium_memzero(phrase, sizeof(phrase));
	return result;
}

static int
option(struct keys *k, bool seal, int c, struct fault *f)
{
	switch (c) {
	case 'r':
		return age_recipient(&k->to, optarg, f);
	case 'R':
		return age_recipients_file(&k->to, optarg, f);
	case 'i':
		return age_identities_file(&k->of, optarg, k->force, f);
	case 'P':
		return add_phrase(k, seal, optarg, f);
	case 'f':
		k->force = true;
		return 0;
	case 'w':
		return opts_number(optarg, 0, 1000, &k->work);
	}
	exit(EXIT_USAGE);
}

/* All of stdin, cut at what no envelope has. */
static size_t
input(uint8_t bytes[AGE_ENVELOPE_MAX + 1])
{
	return fread(bytes, 1, AGE_ENVELOPE_MAX + 1, stdin);
}

static int
seal(const struct keys *k, struct fault *f)
{
	uint8_t bytes[AGE_ENVELOPE_MAX + 1], envelope[AGE_SEALED_MAX];
	size_t size;

	if (input(bytes) != AGE_KEY_SIZE)
		return fault_set(f, EXIT_USAGE, "a key has %u bytes",
		    AGE_KEY_SIZE);
	if (age_seal(&k->to, bytes, envelope, &size, f) == -1)
		return -1;
	fwrite(envelope, 1, size, stdout);
	return 0;
}

static int
open_envelope(const struct keys *k, struct fault *f)
{
	uint8_t bytes[AGE_ENVELOPE_MAX + 1], key[AGE_KEY_SIZE];

	if (age_open(&k->of, bytes, input(bytes), key, f) == -1)
		return -1;
	fwrite(key, 1, sizeof(key), stdout);
	return 0;
}

static int
list(struct fault *f)
{
	uint8_t bytes[AGE_ENVELOPE_MAX + 1];
	struct age_list l;
	size_t i;

	if (age_list(bytes, input(bytes), &l, f) == -1)
		return -1;
	for (i = 0; i < l.count; i++)
		printf("%.*s\n", (int)l.types[i].size, l.types[i].at);
	return 0;
}

static void
keygen(void)
{
	char identity[AGE_IDENTITY_SIZE], recipient[AGE_RECIPIENT_SIZE];

	age_keygen(time(NULL), identity, recipient);
	fputs(identity, stdout);
}

int
main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "";
	struct keys k = { .work = AGE_WORK };
	struct fault f = { .status = EXIT_USAGE, .text = "wrong usage" };
	int result = 0, c;

	optind = 2;
	while (result == 0 && (c = getopt(argc, argv, "r:R:i:P:w:f")) != -1)
		result = option(&k, strcmp(what, "seal") == 0, c, &f);
	if (result == -1)
		fault_exit(tool, &f);
	if (strcmp(what, "seal") == 0)
		result = seal(&k, &f);
	else if (strcmp(what, "open") == 0)
		result = open_envelope(&k, &f);
	else if (strcmp(what, "list") == 0)
		result = list(&f);
	else if (strcmp(what, "keygen") == 0)
		keygen();
	else
		result = -1;
	age_recipients_free(&k.to);
	age_identities_free(&k.of);
	if (result == -1)
		fault_exit(tool, &f);
	return EXIT_DONE;
}
