/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "age.h"
#include "age_keys.h"
#include "age_type.h"
#include "bech32.h"
#include "io.h"
#include "lines.h"
#include "openssh.h"
#include "phrase.h"

#define ENCRYPTED	"age-encryption.org/"

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static const char *
take_recipient(const char *line, struct age_key *key)
{
	const char *why;

	if (begins(line, "AGE-"))
		return "an identity, where a recipient has to be";
	if (begins(line, "ssh-")) {
		key->type = &age_ssh;
		if ((why = openssh_public(line, key->ssh)) != NULL)
			return why;
		return crypto_sign_ed25519_pk_to_curve25519(key->public,
		    key->ssh) == 0 ? NULL : "an SSH key that is no point of "
		    "its curve";
	}
	key->type = &age_x25519;
	if (bech32_decode(line, AGE_PUBLIC, key->public,
	    sizeof(key->public)))
		return NULL;
	return begins(line, "age1") ? "mistyped, or a recipient of a kind "
	    "that is not known here" :
	    "neither a recipient of age's nor an SSH key";
}

static const char *
take_identity(const char *line, struct age_key *key)
{
	key->type = &age_x25519;
	if (bech32_decode(line, AGE_SECRET, key->secret,
	    sizeof(key->secret))) {
		crypto_scalarmult_base(key->public, key->secret);
		return NULL;
	}
	if (begins(line, "age1") || begins(line, "ssh-"))
		return "a recipient, where an identity has to be";
	return begins(line, "AGE-") ? "mistyped, or an identity of a kind "
	    "that is not known here" : "no identity of age's";
}

static const char *
take_ssh(const char *text, struct age_key *key)
{
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	const char *why = openssh_secret(text, secret);

	if (why != NULL)
		return why;
	key->type = &age_ssh;
	crypto_sign_ed25519_sk_to_pk(key->ssh, secret);
	crypto_sign_ed25519_sk_to_curve25519(key->secret, secret);
	crypto_scalarmult_base(key->public, key->secret);
	sodium_memzero(secret, sizeof(secret));
	return NULL;
}

/* All of a file as text at text, which has room for AGE_FILE_MAX and a NUL. */
static int
fill(int fd, const char *path, char *text, struct fault *f)
{
	ssize_t n = io_read_file(fd, text, AGE_FILE_MAX + 1);
	size_t size = (size_t)n;

	if (n == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	if (size > AGE_FILE_MAX)
		return fault_set(f, EXIT_REFUSED, "%s: larger than %u KiB, "
		    "the limit for keys", path, AGE_FILE_MAX >> 10);
	/* One that is encrypted is no text, but that is told elsewhere. */
	text[size] = '\0';
	if (memchr(text, '\0', size) != NULL && !begins(text, ENCRYPTED))
		return fault_set(f, EXIT_REFUSED, "%s: not a text of keys",
		    path);
	return 0;
}

/*
 * A file as text, in memory of sodium_malloc; NULL with *f.  Others may read
 * what is public.
 */
static char *
load(const char *path, bool public, struct fault *f)
{
	int fd = public ? open(path, O_RDONLY | O_CLOEXEC) :
	    phrase_open(path, f);
	char *text;

	if (fd == -1) {
		if (public)
			fault_set(f, EXIT_SYSTEM, "%s: %s", path,
			    strerror(errno));
		return NULL;
	}
	text = sodium_init() == -1 ? NULL : sodium_malloc(AGE_FILE_MAX + 1);
	if (text == NULL)
		fault_set(f, EXIT_SYSTEM, "no memory for keys");
	else if (fill(fd, path, text, f) == -1) {
		sodium_free(text);
		text = NULL;
	}
	close(fd);
	return text;
}

/* Adds what stands in the lines of the text, which are broken up. */
static int
add_lines(struct age_keys *keys, size_t max, char *text, const char *path,
    const char *(*take)(const char *line, struct age_key *key),
    struct fault *f)
{
	struct age_key key = { 0 };
	size_t line = 0, found = 0;
	const char *at, *why;
	int result = 0;

	while (result == 0 && (at = lines_next(&text)) != NULL) {
		line++;
		if (*at == '\0' || *at == '#')
			continue;
		if ((why = take(at, &key)) != NULL)
			result = fault_set(f, EXIT_REFUSED, "%s, line %zu: "
			    "%s", path, line, why);
		else
			result = age_keys_add(keys, max, &key, f);
		found++;
	}
	sodium_memzero(&key, sizeof(key));
	if (result == 0 && found == 0)
		return fault_set(f, EXIT_REFUSED, "%s: no key is in it",
		    path);
	return result;
}

/* A passphrase stands alone. */
static int
alone(const struct age_recipients *r, struct fault *f)
{
	if (r->keys.count > 0 && r->keys.at[0].type == &age_scrypt)
		return fault_set(f, EXIT_USAGE, "no recipient may stand "
		    "beside a passphrase");
	return 0;
}

int
age_recipient(struct age_recipients *r, const char *text, struct fault *f)
{
	struct age_key key = { 0 };
	const char *why;

	if (alone(r, f) == -1)
		return -1;
	/* What is no recipient may be a secret. */
	if ((why = take_recipient(text, &key)) != NULL)
		return begins(text, "age1") || begins(text, "ssh-") ?
		    fault_set(f, EXIT_REFUSED, "recipient %.16s...: %s", text,
		    why) : fault_set(f, EXIT_REFUSED, "a recipient: %s", why);
	return age_keys_add(&r->keys, AGE_STANZAS_MAX, &key, f);
}

int
age_recipients_file(struct age_recipients *r, const char *path,
    struct fault *f)
{
	char *text;
	int result;

	if (alone(r, f) == -1 || (text = load(path, true, f)) == NULL)
		return -1;
	result = add_lines(&r->keys, AGE_STANZAS_MAX, text, path,
	    take_recipient, f);
	sodium_free(text);
	return result;
}

int
age_recipients_phrase(struct age_recipients *r, const char *phrase,
    size_t size, unsigned work, struct fault *f)
{
	if (alone(r, f) == -1)
		return -1;
	if (r->keys.count > 0)
		return fault_set(f, EXIT_USAGE, "no passphrase may stand "
		    "beside a recipient");
	if (work < 1 || work > AGE_WORK_MAX)
		return fault_set(f, EXIT_USAGE, "work for a passphrase is 1 "
		    "to %u", AGE_WORK_MAX);
	return age_keys_phrase(&r->keys, AGE_STANZAS_MAX, phrase, size, work,
	    f);
}

void
age_recipients_free(struct age_recipients *r)
{
	age_keys_free(&r->keys);
}

/* One key, which is the whole file. */
static int
add_ssh(struct age_identities *i, const char *text, const char *path,
    struct fault *f)
{
	struct age_key key = { 0 };
	const char *why = take_ssh(text, &key);
	int result = why == NULL ?
	    age_keys_add(&i->keys, AGE_IDENTITIES_MAX, &key, f) :
	    fault_set(f, EXIT_REFUSED, "%s: %s", path, why);

	sodium_memzero(&key, sizeof(key));
	return result;
}

int
age_identities_file(struct age_identities *i, const char *path, bool force,
    struct fault *f)
{
	char *text = load(path, force, f);
	int result;

	if (text == NULL)
		return -1;
	if (begins(text, OPENSSH_BEGIN))
		result = add_ssh(i, text, path, f);
	else if (begins(text, ENCRYPTED) ||
	    begins(text, "-----BEGIN AGE"))
		result = fault_set(f, EXIT_REFUSED, "%s: identities that are "
		    "encrypted; decrypt them first", path);
	else if (begins(text, "-----BEGIN"))
		result = fault_set(f, EXIT_REFUSED, "%s: a private key of a "
		    "kind that is not known here", path);
	else
		result = add_lines(&i->keys, AGE_IDENTITIES_MAX, text, path,
		    take_identity, f);
	sodium_free(text);
	return result;
}

int
age_identities_phrase(struct age_identities *i, const char *phrase,
    size_t size, struct fault *f)
{
	return age_keys_phrase(&i->keys, AGE_IDENTITIES_MAX, phrase, size, 0,
	    f);
}

void
age_identities_free(struct age_identities *i)
{
	age_keys_free(&i->keys);
}
