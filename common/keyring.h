/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring.h - whoever opens a sealed container: its key files, or a
 * passphrase, as the command line names them.
 */
#ifndef KEYRING_H
#define KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "age.h"
#include "fault.h"

#define KEYRING_MAX	64u

/* Starts zeroed but for phrase_fd, -1, and what options set. */
struct keyring {
	const char *path[KEYRING_MAX];	/* of identity files */
	unsigned count;
	bool     force;		/* take files that others may read */
	const char *phrase_file;	/* its first line is the passphrase */
	int      phrase_fd;	/* the same of a descriptor; -1: none */
	bool     given, asked;	/* keyring_take took something; for a
				   passphrase */
	struct age_identities keys;
};

/* For getopt_long: what keyring_take takes. */
enum { KEYRING_ASK = 0x4b00, KEYRING_FILE };
#define KEYRING_OPTIONS \
	{ "identity", required_argument, NULL, 'i' }, \
	{ "passphrase", no_argument, NULL, KEYRING_ASK }, \
	{ "passphrase-file", required_argument, NULL, KEYRING_FILE }
#define KEYRING_HELP \
"  -i, --identity IDENTITY  it is sealed (rec-encrypt), and a key in this file\n" \
"                           opens it; may come more than once\n" \
"  --passphrase             or a passphrase does, which is asked for\n" \
"  --passphrase-file FILE   or the first line of FILE\n"

/* keyring_take(k, tool, c): one of these options; false if c is none.  Exits 2
 * as opts_file. */
bool keyring_take(struct keyring *k, const char *tool, int c);

/* keyring_phrase_given(k): whether a passphrase comes from somewhere else than
 * the terminal. */
bool keyring_phrase_given(const struct keyring *k);

/*
 * keyring_phrase(k, fresh, f): the passphrase, from where *k says, or typed:
 * twice if it is fresh.  In memory for sodium_free; NULL with *f set as
 * phrase_get and phrase_new say.
 */
char *keyring_phrase(const struct keyring *k, bool fresh, struct fault *f);

/*
 * keyring_load(k, f): reads the files, or, when there are none, asks for the
 * passphrase.  0, or -1 as age_identities_file and keyring_phrase.
 */
int keyring_load(struct keyring *k, struct fault *f);

/* keyring_unwrap(k, envelope, size, key, f): as age_open; k is a struct
 * keyring that was loaded. */
int keyring_unwrap(void *k, const uint8_t *envelope, size_t size,
    uint8_t key[AGE_KEY_SIZE], struct fault *f);

/*
 * keyring_new(path, recipient, f): a new identity into a new file, or for NULL
 * on stdout.  0, or -1 as newfile_open, and EXIT_SYSTEM.
 */
int keyring_new(const char *path, char recipient[AGE_RECIPIENT_SIZE],
    struct fault *f);

/* keyring_free(k): wipes the keys. */
void keyring_free(struct keyring *k);

#endif
