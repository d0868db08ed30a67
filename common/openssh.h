/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * openssh.h - Ed25519 keys in OpenSSH's own formats: a line of a public key
 * (sshd(8), "AUTHORIZED_KEYS FILE FORMAT", without options) and a private
 * key's file (OpenSSH's PROTOCOL.key) that no passphrase locks.
 */
#ifndef OPENSSH_H
#define OPENSSH_H

#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#define OPENSSH_TYPE	"ssh-ed25519"
#define OPENSSH_BEGIN	"-----BEGIN OPENSSH PRIVATE KEY-----\n"
#define OPENSSH_WIRE_SIZE	51u	/* of a public key as SSH sends it */
#define OPENSSH_TEXT_MAX	16384u	/* bytes of a private key's file */

/*
 * openssh_public(line, key): "ssh-ed25519 AAAA..." and perhaps a comment.
 * NULL and *key, or in a few words why it is none.
 */
const char *openssh_public(const char *line,
    uint8_t key[crypto_sign_PUBLICKEYBYTES]);

/*
 * openssh_secret(text, key): the private key in a file's text, of at most
 * OPENSSH_TEXT_MAX bytes.  NULL and *key, which the caller wipes, or in a few
 * words why there is none.
 */
const char *openssh_secret(const char *text,
    uint8_t key[crypto_sign_SECRETKEYBYTES]);

/* openssh_wire(key, wire): the public key as SSH sends it. */
void openssh_wire(const uint8_t key[crypto_sign_PUBLICKEYBYTES],
    uint8_t wire[OPENSSH_WIRE_SIZE]);

#endif
