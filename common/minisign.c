/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "bytes.h"
#include "io.h"
#include "lines.h"
#include "minisign.h"
#include "phrase.h"

#define FILE_MAX	4096u		/* bytes of a key's file */
#define HASH_SIZE	64u		/* of what is signed: BLAKE2b-512 */
#define UNTRUSTED	"untrusted comment: "
#define TRUSTED		"trusted comment: "

/*
 * public key: "Ed", number, key
 * secret key: "Ed", "Sc" or zeroes, "B2", salt 32, ops limit 8, memory limit
 *             8, and, under scrypt's bytes where it says Sc: number, key,
 *             BLAKE2b-256 of "Ed", number and key
 * signature:  "ED", number, signature of the hash
 */
#define PUBLIC_SIZE	(2 + MINISIGN_NUMBER_SIZE + crypto_sign_PUBLICKEYBYTES)
#define SIGNATURE_SIZE	(2 + MINISIGN_NUMBER_SIZE + crypto_sign_BYTES)
#define KDF_OFFSET	2u
#define CHECKSUM_OFFSET	4u
#define SALT_OFFSET	6u
#define OPS_OFFSET	38u
#define MEMORY_OFFSET	46u
#define BOX_OFFSET	54u
#define BOX_SIZE	(MINISIGN_NUMBER_SIZE + crypto_sign_SECRETKEYBYTES + 32u)
#define SECRET_SIZE	(BOX_OFFSET + BOX_SIZE)

/* Whether the text is base64 of that many bytes. */
static bool
decode(const char *text, uint8_t *bytes, size_t size)
{
	size_t got;

	return text != NULL && base64_get(text, strlen(text), NULL, true,
	    bytes, size, &got) && got == size;
}

/* A key's file as text.  Closes fd, which may be -1 with errno set. */
static int
read_file(int fd, const char *path, char text[FILE_MAX + 1],
    struct fault *f)
{
	ssize_t n = fd == -1 ? -1 : io_read_file(fd, text, FILE_MAX);

	if (n == -1)
		fault_set(f, EXIT_SYSTEM, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	if (n == -1)
		return -1;
	text[n] = '\0';
	return 0;
}

int
minisign_public(const char *text, struct minisign_public *key,
    struct fault *f)
{
	char file[FILE_MAX + 1], *at = file;
	const char *line = text;
	uint8_t bytes[PUBLIC_SIZE];

	if (!decode(text, bytes, sizeof(bytes))) {
		if (read_file(open(text, O_RDONLY | O_CLOEXEC), text, file,
		    f) == -1)
			return -1;
		lines_next(&at);
		line = lines_next(&at);
	}
	if (!decode(line, bytes, sizeof(bytes)) ||
	    memcmp(bytes, "Ed", 2) != 0)
		return fault_set(f, EXIT_REFUSED, "%s: no public key of "
		    "minisign's", text);
	memcpy(key->number, bytes + 2, sizeof(key->number));
	memcpy(key->key, bytes + 2 + sizeof(key->number), sizeof(key->key));
	return 0;
}

/* Takes scrypt's bytes off the box. */
static int
open_box(uint8_t *bytes, const char *path, const char *phrase_file,
    struct fault *f)
{
	uint64_t ops = get_le64(bytes + OPS_OFFSET);
	uint64_t memory = get_le64(bytes + MEMORY_OFFSET);
	char phrase[PHRASE_SIZE];
	uint8_t stream[BOX_SIZE];
	size_t i;
	int result;

	if (ops > crypto_pwhash_scryptsalsa208sha256_OPSLIMIT_SENSITIVE ||
	    memory > crypto_pwhash_scryptsalsa208sha256_MEMLIMIT_SENSITIVE)
		return fault_set(f, EXIT_REFUSED, "%s: its passphrase would "
		    "take too long", path);
	if (phrase_get(phrase_file, path, phrase, f) == -1)
		return -1;
	result = crypto_pwhash_scryptsalsa208sha256(stream, sizeof(stream),
	    phrase, strlen(phrase), bytes + SALT_OFFSET, ops, (size_t)memory);
	sodium_memzero(phrase, sizeof(phrase));
	if (result != 0)
		return fault_set(f, EXIT_SYSTEM, "%s: no memory for its "
		    "passphrase", path);
	for (i = 0; i < sizeof(stream); i++)
		bytes[BOX_OFFSET + i] ^= stream[i];
	sodium_memzero(stream, sizeof(stream));
	return 0;
}

/* Whether the box's checksum is right. */
static bool
sum_fits(const uint8_t *bytes)
{
	const uint8_t *box = bytes + BOX_OFFSET;
	size_t size = MINISIGN_NUMBER_SIZE + crypto_sign_SECRETKEYBYTES;
	crypto_generichash_state hash;
	uint8_t sum[32];

	crypto_generichash_init(&hash, NULL, 0, sizeof(sum));
	crypto_generichash_update(&hash, bytes, 2);
	crypto_generichash_update(&hash, box, size);
	crypto_generichash_final(&hash, sum, sizeof(sum));
	return sodium_memcmp(sum, box + size, sizeof(sum)) == 0;
}

/* Whether the second half of the key is the public key of the first. */
static bool
halves_fit(const struct minisign_secret *key)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	bool fit;

	crypto_sign_seed_keypair(public, secret, key->key);
	fit = sodium_memcmp(secret, key->key, sizeof(secret)) == 0;
	sodium_memzero(secret, sizeof(secret));
	return fit;
}

/* The key in the box.  Without a passphrase it has no checksum. */
static int
take_key(const uint8_t *bytes, const char *path, bool locked,
    struct minisign_secret *key, struct fault *f)
{
	const uint8_t *box = bytes + BOX_OFFSET;

	memcpy(key->number, box, sizeof(key->number));
	memcpy(key->key, box + sizeof(key->number), sizeof(key->key));
	if ((locked && !sum_fits(bytes)) || !halves_fit(key))
		return fault_set(f, EXIT_INTEGRITY, "%s: %s", path, locked ?
		    "wrong passphrase, or damaged" : "a damaged key");
	return 0;
}

int
minisign_secret(const char *path, const char *phrase_file,
    struct minisign_secret *key, struct fault *f)
{
	static const uint8_t none[2];
	char text[FILE_MAX + 1], *at = text;
	uint8_t bytes[SECRET_SIZE];
	int fd = phrase_open(path, f), result;
	bool locked;

	if (fd == -1)
		return -1;
	if ((result = read_file(fd, path, text, f)) == 0) {
		lines_next(&at);
		if (!decode(lines_next(&at), bytes, sizeof(bytes)) ||
		    memcmp(bytes, "Ed", 2) != 0 ||
		    memcmp(bytes + CHECKSUM_OFFSET, "B2", 2) != 0)
			result = fault_set(f, EXIT_REFUSED, "%s: no secret "
			    "key of minisign's", path);
		locked = memcmp(bytes + KDF_OFFSET, none, 2) != 0;
		if (result == 0 && locked)
			result = open_box(bytes, path, phrase_file, f);
		if (result == 0)
			result = take_key(bytes, path, locked, key, f);
	}
	sodium_memzero(bytes, sizeof(bytes));
	sodium_memzero(text, sizeof(text));
	return result;
}

static void
hash_of(const uint8_t *bytes, size_t size, uint8_t hash[HASH_SIZE])
{
	crypto_generichash(hash, HASH_SIZE, bytes, size, NULL, 0);
}

/* What the second signature is of: the first, and the trusted comment. */
static size_t
join(const uint8_t *signature, const char *comment, uint8_t *all)
{
	memcpy(all, signature, crypto_sign_BYTES);
	memcpy(all + crypto_sign_BYTES, comment, strlen(comment));
	return crypto_sign_BYTES + strlen(comment);
}

void
minisign_sign(const struct minisign_secret *key, const uint8_t *bytes,
    size_t size, const char *comment, char text[MINISIGN_TEXT_MAX])
{
	uint8_t hash[HASH_SIZE], signature[SIGNATURE_SIZE] = "ED";
	uint8_t all[MINISIGN_TEXT_MAX], global[crypto_sign_BYTES];
	uint8_t *own = signature + 2 + sizeof(key->number);
	char first[256], second[256];

	hash_of(bytes, size, hash);
	memcpy(signature + 2, key->number, sizeof(key->number));
	crypto_sign_detached(own, NULL, hash, sizeof(hash), key->key);
	crypto_sign_detached(global, NULL, all, join(own, comment, all),
	    key->key);
	sodium_bin2base64(first, sizeof(first), signature, sizeof(signature),
	    sodium_base64_VARIANT_ORIGINAL);
	sodium_bin2base64(second, sizeof(second), global, sizeof(global),
	    sodium_base64_VARIANT_ORIGINAL);
	snprintf(text, MINISIGN_TEXT_MAX, UNTRUSTED "signature from "
	    "rec-checksum\n%s\n" TRUSTED "%s\n%s\n", first, comment, second);
}

int
minisign_verify(const struct minisign_public *key, const uint8_t *bytes,
    size_t size, const char *text, size_t text_size, struct fault *f)
{
	uint8_t hash[HASH_SIZE], signature[SIGNATURE_SIZE];
	uint8_t all[MINISIGN_TEXT_MAX], global[crypto_sign_BYTES];
	const uint8_t *own = signature + 2 + sizeof(key->number);
	char copy[MINISIGN_TEXT_MAX] = "", *at = copy, *untrusted, *trusted;
	bool good;

	if (text_size < sizeof(copy))
		memcpy(copy, text, text_size);
	untrusted = lines_next(&at);
	good = untrusted != NULL && decode(lines_next(&at), signature,
	    sizeof(signature));
	trusted = lines_next(&at);
	good = good && trusted != NULL && strncmp(trusted, TRUSTED,
	    strlen(TRUSTED)) == 0 && decode(lines_next(&at), global,
	    sizeof(global)) && memcmp(signature, "ED", 2) == 0;
	if (!good)
		return fault_set(f, EXIT_INTEGRITY, "no signature of "
		    "minisign's, of the kind that is prehashed");
	if (memcmp(signature + 2, key->number, sizeof(key->number)) != 0)
		return fault_set(f, EXIT_INTEGRITY, "signed with another "
		    "key");
	hash_of(bytes, size, hash);
	if (crypto_sign_verify_detached(own, hash, sizeof(hash),
	    key->key) != 0 || crypto_sign_verify_detached(global, all,
	    join(own, trusted + strlen(TRUSTED), all), key->key) != 0)
		return fault_set(f, EXIT_INTEGRITY, "the signature is not "
		    "that of this DIGEST");
	return 0;
}
