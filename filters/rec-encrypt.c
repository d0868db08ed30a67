/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rec-encrypt - a stream into an encrypted container, or out of it.
 *
 *     xc-emit -c 7 | rec-compress | rec-encrypt -r age1... > mail.sealed
 *     rec-encrypt -d -i key.txt < mail.sealed | xc-absorb
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "enclose.h"
#include "guard.h"
#include "manifest.h"
#include "rec-encrypt.h"
#include "sandbox.h"
#include "unseal.h"

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
	/* Threads may be at work with these when it has failed. */
	static struct seal seal;
	static struct record header;
	static struct enclose e;

	seal = (struct seal){
		.padded = o->pad, .chunk = o->chunk,
		.suite = o->cipher == 0 ? suite_fastest() : o->cipher,
	};
	e = (struct enclose){
		.in = STDIN_FILENO, .out = STDOUT_FILENO,
		.threads = o->common.threads, .seal = &seal,
		.pass_after_end = o->common.pass_after_end, .header = &header,
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
	static struct unseal u;		/* as above */

	u = (struct unseal){
		.in = STDIN_FILENO, .threads = o->common.threads,
		.out = o->action == TEST ? -1 : STDOUT_FILENO,
		.pass_after_end = o->common.pass_after_end,
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
	struct options o = { .action = SEAL };
	struct fault f;

	opts_descriptors();
	if (guard_secrets(&f) == -1)
		fault_exit(name, &f);
	options_read(&o, argc, argv);
	if (o.action != KEYGEN)
		opts_no_terminal(name, STDIN_FILENO);
	if (o.action == SEAL || o.action == OPEN)
		opts_no_terminal(name, STDOUT_FILENO);
	if (act(&o, &f) == -1)
		fault_exit(name, &f);
	return EXIT_DONE;
}
