/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "io.h"
#include "keyring.h"
#include "newfile.h"
#include "opts.h"
#include "phrase.h"

#define SCRYPT	"scrypt"	/* the kind of a passphrase */

bool
keyring_take(struct keyring *k, const char *tool, int c)
{
	switch (c) {
	case 'i':
		if (k->count == KEYRING_MAX)
			opts_wrong(tool, "-i comes more than %u times",
			    KEYRING_MAX);
		k->path[k->count++] = opts_file(tool, "-i");
		break;
	case KEYRING_FILE:
		k->phrase_file = opts_file(tool, "--passphrase-file");
		break;
	case KEYRING_ASK:
		break;
	default:
		return false;
	}
	k->asked |= c != 'i';
	if (k->count > 0 && k->asked)
		opts_wrong(tool, "-i or a passphrase, not both");
	k->given = true;
	return true;
}

bool
keyring_phrase_given(const struct keyring *k)
{
	return k->phrase_file != NULL || k->phrase_fd != -1;
}

char *
keyring_phrase(const struct keyring *k, bool fresh, struct fault *f)
{
	static const char what[] = "the stream";
	char *phrase = sodium_malloc(PHRASE_SIZE);
	int result;

	if (phrase == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory for a passphrase");
		return NULL;
	}
	if (k->phrase_fd != -1)
		result = phrase_read(k->phrase_fd, phrase, f);
	else if (k->phrase_file == NULL && fresh)
		result = phrase_new(what, phrase, f);
	else
		result = phrase_get(k->phrase_file, what, phrase, f);
	if (result == 0)
		return phrase;
	sodium_free(phrase);
	return NULL;
}

int
keyring_load(struct keyring *k, struct fault *f)
{
	char *phrase;
	unsigned i;
	int result;

	for (i = 0; i < k->count; i++)
		if (age_identities_file(&k->keys, k->path[i], k->force,
		    f) == -1)
			return -1;
	if (k->count > 0)
		return 0;
	if ((phrase = keyring_phrase(k, false, f)) == NULL)
		return -1;
	result = age_identities_phrase(&k->keys, phrase, strlen(phrase), f);
	sodium_free(phrase);
	return result;
}

int
keyring_unwrap(void *keyring, const uint8_t *envelope, size_t size,
    uint8_t key[AGE_KEY_SIZE], struct fault *f)
{
	const struct keyring *k = keyring;
	struct age_list kinds;
	struct fault none;

	if (age_open(&k->keys, envelope, size, key, f) == 0)
		return 0;
	if (k->count == 0 && f->status == EXIT_INTEGRITY &&
	    age_list(envelope, size, &kinds, &none) == 0 &&
	    (kinds.types[0].size != strlen(SCRYPT) ||
	    memcmp(kinds.types[0].at, SCRYPT, strlen(SCRYPT)) != 0))
		fault_hint(f, "no passphrase opens it, but a key: "
		    "-i IDENTITY");
	return -1;
}

static int
write_text(int fd, const char *text, struct fault *f)
{
	struct sink out = { .fd = fd };

	return sink_put(&out, text, strlen(text), f);
}

static int
write_file(const char *path, char *text, struct fault *f)
{
	struct newfile n;
	int result;

	if (newfile_open(&n, path, false, f) == -1)
		return f->status == EXIT_REFUSED ? fault_hint(f,
		    "no key is overwritten; -o takes another name") : -1;
	result = write_text(n.fd, text, f) == -1 ||
	    newfile_sync(&n, f) == -1 || newfile_publish(&n, f) == -1 ?
	    -1 : 0;
	if (result == -1)
		newfile_drop(&n);
	else
		newfile_close(&n);
	return result;
}

int
keyring_new(const char *path, char recipient[AGE_RECIPIENT_SIZE],
    struct fault *f)
{
	char *identity = sodium_malloc(AGE_IDENTITY_SIZE);
	int result;

	if (identity == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a key");
	age_keygen(time(NULL), identity, recipient);
	result = path == NULL ? write_text(STDOUT_FILENO, identity, f) :
	    write_file(path, identity, f);
	sodium_free(identity);
	return result;
}

void
keyring_free(struct keyring *k)
{
	age_identities_free(&k->keys);
}
