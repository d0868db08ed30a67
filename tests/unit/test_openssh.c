/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Private keys of OpenSSH's, made here by its PROTOCOL.key: each bit, and each
 * cut, is told.  ssh-keygen's own are for 17-age.t.
 */
#include <sodium.h>

#include "openssh.h"
#include "tap.h"

#define ROOM	1024

struct file {
	uint8_t at[ROOM];
	size_t size;
};

static void
put(struct file *to, const void *bytes, size_t size)
{
	memcpy(to->at + to->size, bytes, size);
	to->size += size;
}

static void
put_number(struct file *to, size_t n)
{
	uint8_t bytes[4] = { 0, 0, (uint8_t)(n >> 8), (uint8_t)n };

	put(to, bytes, sizeof(bytes));
}

static void
put_string(struct file *to, const void *bytes, size_t size)
{
	put_number(to, size);
	put(to, bytes, size);
}

/* One without a comment, whose bytes nothing else depends on. */
static void
make(struct file *to, const uint8_t *public, const uint8_t *secret)
{
	static const uint8_t padding[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct file keys = { .size = 0 };
	uint8_t wire[OPENSSH_WIRE_SIZE];

	put_number(&keys, 4711);
	put_number(&keys, 4711);
	put_string(&keys, OPENSSH_TYPE, strlen(OPENSSH_TYPE));
	put_string(&keys, public, crypto_sign_PUBLICKEYBYTES);
	put_string(&keys, secret, crypto_sign_SECRETKEYBYTES);
	put_string(&keys, "", 0);
	put(&keys, padding, (8 - keys.size % 8) % 8);
	to->size = 0;
	put(to, "openssh-key-v1", 15);
	put_string(to, "none", 4);
	put_string(to, "none", 4);
	put_string(to, "", 0);
	put_number(to, 1);
	openssh_wire(public, wire);
	put_string(to, wire, sizeof(wire));
	put_string(to, keys.at, keys.size);
}

/* As ssh-keygen has it, in lines of 70 characters. */
static const char *
read_key(const uint8_t *bytes, size_t size, uint8_t *key)
{
	char text[2 * ROOM], all[4 * ROOM] = OPENSSH_BEGIN;
	size_t i, length, n = strlen(all);

	sodium_bin2base64(text, sizeof(text), bytes, size,
	    sodium_base64_VARIANT_ORIGINAL);
	length = strlen(text);
	for (i = 0; i < length; i += 70)
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%.70s\n",
		    text + i);
	snprintf(all + n, sizeof(all) - n,
	    "-----END OPENSSH PRIVATE KEY-----\n");
	return openssh_secret(all, key);
}

int
main(void)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];
	uint8_t key[crypto_sign_SECRETKEYBYTES];
	struct file file;
	size_t i, taken = 0;

	if (sodium_init() == -1)
		return 1;
	crypto_sign_keypair(public, secret);
	make(&file, public, secret);
	ok(read_key(file.at, file.size, key) == NULL &&
	    memcmp(key, secret, sizeof(key)) == 0, "a key");
	for (i = 0; i < 8 * file.size; i++) {
		file.at[i / 8] ^= (uint8_t)(1 << i % 8);
		taken += read_key(file.at, file.size, key) == NULL;
		file.at[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	ok(taken == 0, "each of %zu bits; %zu are taken", 8 * file.size,
	    taken);
	for (taken = i = 0; i < file.size; i++)
		taken += read_key(file.at, i, key) == NULL;
	ok(taken == 0, "each cut; %zu are taken", taken);
	file.at[file.size] = 0;
	ok(read_key(file.at, file.size + 1, key) != NULL, "a byte more");
	return tap_end();
}
