/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "base64.h"
#include "bytes.h"
#include "openssh.h"

#define END		"-----END OPENSSH PRIVATE KEY-----\n"
#define MAGIC		"openssh-key-v1"	/* and its NUL */
#define BLOCK		8u	/* what is not encrypted is padded to */
#define PUBLIC_SIZE	crypto_sign_PUBLICKEYBYTES
#define SECRET_SIZE	crypto_sign_SECRETKEYBYTES

static const char damaged[] = "a damaged private key";

/* What is still to be read; at is NULL once less was there than was taken. */
struct wire {
	const uint8_t *at;
	size_t left;
};

static const uint8_t *
take(struct wire *w, size_t size)
{
	const uint8_t *at = w->at;

	if (at == NULL || w->left < size)
		return w->at = NULL;
	w->at += size;
	w->left -= size;
	return at;
}

static uint32_t
take_number(struct wire *w)
{
	const uint8_t *at = take(w, 4);

	return at == NULL ? 0 : get_be32(at);
}

static struct wire
take_string(struct wire *w)
{
	size_t size = take_number(w);

	return (struct wire){ .at = take(w, size), .left = size };
}

static bool
is(struct wire string, const char *text)
{
	return string.at != NULL && string.left == strlen(text) &&
	    memcmp(string.at, text, string.left) == 0;
}

void
openssh_wire(const uint8_t key[PUBLIC_SIZE], uint8_t wire[OPENSSH_WIRE_SIZE])
{
	static const uint8_t front[] = "\0\0\0\x0b" OPENSSH_TYPE "\0\0\0\x20";

	memcpy(wire, front, sizeof(front) - 1);
	memcpy(wire + sizeof(front) - 1, key, PUBLIC_SIZE);
}

/* Whether these bytes are the public key as SSH sends it. */
static bool
is_wire(struct wire bytes, const uint8_t key[PUBLIC_SIZE])
{
	uint8_t wire[OPENSSH_WIRE_SIZE];

	openssh_wire(key, wire);
	return bytes.at != NULL && bytes.left == sizeof(wire) &&
	    memcmp(bytes.at, wire, sizeof(wire)) == 0;
}

const char *
openssh_public(const char *line, uint8_t key[PUBLIC_SIZE])
{
	size_t type = strcspn(line, " \t"), text, got;
	uint8_t wire[OPENSSH_WIRE_SIZE];

	if (type != strlen(OPENSSH_TYPE) ||
	    strncmp(line, OPENSSH_TYPE, type) != 0)
		return "an SSH key that is not of the type " OPENSSH_TYPE;
	line += type + strspn(line + type, " \t");
	text = strcspn(line, " \t");
	if (!base64_get(line, text, NULL, true, wire, sizeof(wire), &got) ||
	    got != sizeof(wire))
		return "a damaged SSH key";
	memcpy(key, wire + sizeof(wire) - PUBLIC_SIZE, PUBLIC_SIZE);
	return is_wire((struct wire){ wire, sizeof(wire) }, key) ? NULL :
	    "a damaged SSH key";
}

/* Whether the padding is 1, 2, 3 and so on, less than a block. */
static bool
padded(struct wire rest)
{
	size_t i;

	for (i = 0; rest.at != NULL && i < rest.left; i++)
		if (rest.at[i] != i + 1)
			return false;
	return rest.at != NULL && rest.left < BLOCK;
}

/* Whether both halves of the key, and the file around it, fit together. */
static bool
fits(const uint8_t *key, struct wire public, struct wire again)
{
	uint8_t made[PUBLIC_SIZE], secret[SECRET_SIZE];
	bool same;

	crypto_sign_seed_keypair(made, secret, key);
	same = sodium_memcmp(secret, key, sizeof(secret)) == 0 &&
	    is_wire(public, made) && again.left == sizeof(made) &&
	    memcmp(again.at, made, sizeof(made)) == 0;
	sodium_memzero(secret, sizeof(secret));
	return same;
}

/* The list of keys, of one, that is not encrypted. */
static const char *
take_keys(struct wire w, struct wire public, uint8_t key[SECRET_SIZE])
{
	uint32_t number = take_number(&w);
	bool same = number == take_number(&w);
	struct wire again, secret;

	if (!is(take_string(&w), OPENSSH_TYPE))
		return same && w.at != NULL ? "a private key that is not of "
		    "the type " OPENSSH_TYPE : damaged;
	again = take_string(&w);
	secret = take_string(&w);
	take_string(&w);		/* a comment */
	if (!same || !padded(w) || secret.left != SECRET_SIZE ||
	    !fits(secret.at, public, again))
		return damaged;
	memcpy(key, secret.at, SECRET_SIZE);
	return NULL;
}

static const char *
take_file(struct wire w, uint8_t key[SECRET_SIZE])
{
	const uint8_t *magic = take(&w, sizeof(MAGIC));
	struct wire cipher = take_string(&w), hash = take_string(&w);
	struct wire salt = take_string(&w), public, keys;

	if (magic == NULL || memcmp(magic, MAGIC, sizeof(MAGIC)) != 0 ||
	    take_number(&w) != 1)
		return damaged;
	public = take_string(&w);
	keys = take_string(&w);
	if (w.at == NULL)
		return damaged;
	if (!is(cipher, "none"))	/* its tag may stand behind it */
		return "a private key that is locked with a passphrase";
	return !is(hash, "none") || !is(salt, "") || w.left != 0 ? damaged :
	    take_keys(keys, public, key);
}

const char *
openssh_secret(const char *text, uint8_t key[SECRET_SIZE])
{
	uint8_t bytes[OPENSSH_TEXT_MAX];
	const char *end, *why = damaged;
	size_t size;

	if (strncmp(text, OPENSSH_BEGIN, strlen(OPENSSH_BEGIN)) != 0 ||
	    strlen(text) > OPENSSH_TEXT_MAX)
		return "no private key of OpenSSH's";
	text += strlen(OPENSSH_BEGIN);
	end = strstr(text, END);
	if (end != NULL && strcmp(end, END) == 0 && base64_get(text,
	    (size_t)(end - text), "\n", true, bytes, sizeof(bytes), &size))
		why = take_file((struct wire){ bytes, size }, key);
	sodium_memzero(bytes, sizeof(bytes));
	return why;
}
