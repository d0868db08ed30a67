/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * age.h - envelopes: a stream's key, sealed to who may open the stream.
 *
 * An envelope is a whole age v1 file, binary (https://c2sp.org/age), whose
 * plaintext is the key of 32 bytes and nothing else, so that age itself makes
 * and opens envelopes.
 *
 *     age-encryption.org/v1
 *     -> X25519 XEl0dJ6y3C7KZkgmgWUicg63EyXJiwBJW8PdYJ/cYBE
 *     qRS0AMjdjPvZ/WT08U2KL4G+PIooA3hy38SvLpvaC1E
 *     --- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s
 *     nonce 16 | key 32 | tag 16
 *
 * Recipients and identities are X25519's (age1..., AGE-SECRET-KEY-1...) and
 * OpenSSH's of type ssh-ed25519 (as age's README, "SSH keys", and its package
 * agessh have them), or one passphrase (scrypt).  Stanzas of other types are
 * passed over.
 *
 * Secrets are held in memory of sodium_malloc or wiped after use; no message
 * has one.  Any thread may call anything here, but for one list not two at a
 * time.
 */
#ifndef AGE_H
#define AGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "fault.h"

#define AGE_KEY_SIZE		32u		/* of the stream's key */
#define AGE_ENVELOPE_MAX	65536u		/* bytes that age_open takes */
#define AGE_SEALED_MAX		8704u		/* bytes that age_seal makes */
#define AGE_STANZAS_MAX		64u		/* and recipients */
#define AGE_IDENTITIES_MAX	256u
#define AGE_FILE_MAX		65536u		/* bytes of a file of keys */
#define AGE_WORK		18u		/* log2 of scrypt's N: 0.8 s */
#define AGE_WORK_MAX		22u		/* 4 GiB of memory */
#define AGE_RECIPIENT_SIZE	63u		/* "age1...", with its NUL */
#define AGE_IDENTITY_SIZE	256u		/* an identity's file */

struct age_keys {
	struct age_key *at;	/* owned; NULL: none yet */
	size_t count;
};

/* Either begins as { 0 }. */
struct age_recipients {
	struct age_keys keys;
};

struct age_identities {
	struct age_keys keys;
};

/*
 * age_recipient(r, text, f): adds one: "age1...", or an OpenSSH public key,
 * "ssh-ed25519 AAAA...", with or without a comment.  0, or -1 and the list
 * unchanged: EXIT_REFUSED for what is none, and for more than AGE_STANZAS_MAX;
 * EXIT_USAGE beside a passphrase; EXIT_SYSTEM without memory.
 */
int age_recipient(struct age_recipients *r, const char *text,
    struct fault *f);

/*
 * age_recipients_file(r, path, f): adds all of a file of such lines; empty
 * ones and those that begin with # say nothing.  0, or -1, those in front of
 * the fault added: as age_recipient, whose text has the line behind the file;
 * EXIT_REFUSED for a file without any, over AGE_FILE_MAX, or not of text;
 * EXIT_SYSTEM for one that cannot be read.
 */
int age_recipients_file(struct age_recipients *r, const char *path,
    struct fault *f);

/*
 * age_recipients_phrase(r, phrase, size, work, f): the passphrase, of which a
 * copy is made, as the only recipient; work is log2 of scrypt's N, AGE_WORK or
 * another from 1 to AGE_WORK_MAX.  0, or -1: EXIT_USAGE beside another
 * recipient, and for other work; EXIT_REFUSED for an empty passphrase;
 * EXIT_SYSTEM without memory.
 */
int age_recipients_phrase(struct age_recipients *r, const char *phrase,
    size_t size, unsigned work, struct fault *f);

/* age_recipients_free(r): wipes and frees all.  *r is { 0 } then. */
void age_recipients_free(struct age_recipients *r);

/*
 * age_identities_file(i, path, force, f): adds all of a file: lines as
 * age-keygen writes them, empty ones and those that begin with # left out; or
 * an OpenSSH private key, of type ssh-ed25519, that no passphrase locks.  0,
 * or -1, those in front of the fault added: EXIT_REFUSED for a file that
 * others may read (phrase.h) unless forced, that has no identity or something
 * else, is encrypted, or is over AGE_FILE_MAX, and for more than
 * AGE_IDENTITIES_MAX; EXIT_SYSTEM for one that cannot be read, and without
 * memory.
 */
int age_identities_file(struct age_identities *i, const char *path,
    bool force, struct fault *f);

/*
 * age_identities_phrase(i, phrase, size, f): adds a copy of the passphrase;
 * others may stand beside it.  0, or -1: EXIT_REFUSED for an empty
 * one, and for more than AGE_IDENTITIES_MAX; EXIT_SYSTEM without memory.
 */
int age_identities_phrase(struct age_identities *i, const char *phrase,
    size_t size, struct fault *f);

/* age_identities_free(i): wipes and frees all.  *i is { 0 } then. */
void age_identities_free(struct age_identities *i);

/*
 * age_seal(r, key, envelope, size, f): the key sealed to all recipients, *size
 * bytes; two of the same key differ.  0, or -1: EXIT_USAGE when there is no
 * recipient; EXIT_REFUSED for a recipient that is a point of low order;
 * EXIT_SYSTEM when scrypt has no memory.
 */
int age_seal(const struct age_recipients *r,
    const uint8_t key[AGE_KEY_SIZE], uint8_t envelope[AGE_SEALED_MAX],
    size_t *size, struct fault *f);

/*
 * age_open(i, envelope, size, key, f): the key, by the first identity that
 * fits; the caller wipes it.  0, or -1 and *key zeroes, by the first of these:
 * EXIT_REFUSED above AGE_ENVELOPE_MAX bytes; EXIT_MALFORMED for what is no age
 * v1 file, strictly, or one of another plaintext's size; EXIT_REFUSED for more
 * than AGE_STANZAS_MAX stanzas, and for scrypt's work above AGE_WORK_MAX; all
 * that without any work for an identity.  Then EXIT_MALFORMED for an X25519
 * share of low order that an identity tried; EXIT_INTEGRITY when no identity
 * fits, the passphrase is wrong, or the MAC or the payload is not what was
 * sealed; EXIT_SYSTEM when scrypt has no memory.
 */
int age_open(const struct age_identities *i, const uint8_t *envelope,
    size_t size, uint8_t key[AGE_KEY_SIZE], struct fault *f);

struct age_word {
	const char *at;		/* in the envelope, visible ASCII, no NUL */
	size_t size;
};

/* The types of an envelope's stanzas, in order. */
struct age_list {
	size_t count;
	struct age_word types[AGE_STANZAS_MAX];
};

/*
 * age_list(envelope, size, list, f): what it is sealed to, without any key.
 * 0, or -1 as age_open without work.
 */
int age_list(const uint8_t *envelope, size_t size, struct age_list *list,
    struct fault *f);

/*
 * age_keygen(now, identity, recipient): a new identity's file as age-keygen
 * writes it, made at that time, and its recipient.  The caller wipes identity.
 */
void age_keygen(time_t now, char identity[AGE_IDENTITY_SIZE],
    char recipient[AGE_RECIPIENT_SIZE]);

#endif
