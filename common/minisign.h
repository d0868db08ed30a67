/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * minisign.h - keys and signatures as minisign 0.11 has them
 * (https://jedisct1.github.io/minisign, "Signature format", "Public key
 * format", "Secret key format"; its prehashed signatures alone).
 */
#ifndef MINISIGN_H
#define MINISIGN_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "fault.h"

#define MINISIGN_NUMBER_SIZE	8u
#define MINISIGN_TEXT_MAX	2048u	/* bytes of a signature as text */

struct minisign_public {
	uint8_t number[MINISIGN_NUMBER_SIZE];
	uint8_t key[crypto_sign_PUBLICKEYBYTES];
};

struct minisign_secret {
	uint8_t number[MINISIGN_NUMBER_SIZE];
	uint8_t key[crypto_sign_SECRETKEYBYTES];
};

/*
 * minisign_public(text, key, f): the file of that name, or the key itself as
 * minisign -P takes it.  0, or -1: EXIT_REFUSED for what is no key,
 * EXIT_SYSTEM for a file that cannot be read.
 */
int minisign_public(const char *text, struct minisign_public *key,
    struct fault *f);

/*
 * minisign_secret(path, phrase_file, key, f): the secret key in a file.  The
 * passphrase of one that has one is the first line of phrase_file, or when
 * that is NULL is asked for on the terminal.  0, or -1: EXIT_REFUSED for what
 * is no key, or a file that others may read; EXIT_INTEGRITY for a wrong
 * passphrase; EXIT_SYSTEM.  The caller wipes *key.
 */
int minisign_secret(const char *path, const char *phrase_file,
    struct minisign_secret *key, struct fault *f);

/*
 * minisign_sign(key, bytes, size, comment, text): the signature of the bytes,
 * as text of a signature's file, a NUL behind it; comment is signed too, one
 * line, at most 1024 bytes.
 */
void minisign_sign(const struct minisign_secret *key, const uint8_t *bytes,
    size_t size, const char *comment, char text[MINISIGN_TEXT_MAX]);

/*
 * minisign_verify(key, bytes, size, text, text_size, f): 0 when the text is a
 * signature of these bytes by that key; -1 with EXIT_INTEGRITY and why not.
 */
int minisign_verify(const struct minisign_public *key, const uint8_t *bytes,
    size_t size, const char *text, size_t text_size, struct fault *f);

#endif
