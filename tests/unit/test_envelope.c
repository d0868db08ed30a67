/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Damage to envelopes: each bit, each byte missing, each byte too much, and a
 * cut at each byte is refused, and gives no key.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sodium.h>

#include "age.h"
#include "openssh.h"
#include "tap.h"

#define LINE_SIZE	128

static const uint8_t key[AGE_KEY_SIZE] = "a key that is of a stream";

struct subject {
	const struct age_identities *of;
	uint8_t envelope[AGE_SEALED_MAX];
	size_t size;
};

/* A new identity, in a file that has no name. */
static void
keygen(struct age_identities *of, char recipient[AGE_RECIPIENT_SIZE])
{
	char identity[AGE_IDENTITY_SIZE], path[64];
	int fd = memfd_create("identity", MFD_CLOEXEC);
	struct fault f;

	age_keygen(0, identity, recipient);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, identity, strlen(identity)) == -1 ||
	    age_identities_file(of, path, true, &f) == -1)
		exit(1);
	close(fd);
}

/* The line of a new SSH key, of which nobody has the secret. */
static void
ssh_keygen(char line[LINE_SIZE])
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES];
	uint8_t secret[crypto_sign_SECRETKEYBYTES], wire[OPENSSH_WIRE_SIZE];
	char text[LINE_SIZE - 32];

	crypto_sign_keypair(public, secret);
	openssh_wire(public, wire);
	sodium_bin2base64(text, sizeof(text), wire, sizeof(wire),
	    sodium_base64_VARIANT_ORIGINAL);
	snprintf(line, LINE_SIZE, "ssh-ed25519 %s someone", text);
}

/* Whether these bytes are refused. */
static bool
refused(const struct subject *s, const uint8_t *bytes, size_t size)
{
	static const uint8_t zeroes[AGE_KEY_SIZE];
	uint8_t got[AGE_KEY_SIZE];
	struct fault f;

	return age_open(s->of, bytes, size, got, &f) == -1 &&
	    f.status >= EXIT_MALFORMED && f.status <= EXIT_REFUSED &&
	    memcmp(got, zeroes, sizeof(got)) == 0;
}

static void
each_bit(struct subject *s)
{
	size_t i;
	bool good = true;

	for (i = 0; i < 8 * s->size && good; i++) {
		s->envelope[i / 8] ^= (uint8_t)(1 << i % 8);
		good = refused(s, s->envelope, s->size);
		s->envelope[i / 8] ^= (uint8_t)(1 << i % 8);
	}
	if (!ok(good, "each of %zu bits", 8 * s->size))
		printf("# not bit %zu\n", i - 1);
}

/* Each copy is in memory of its own size, so that a sanitizer sees its end. */
static void
each_size(const struct subject *s)
{
	uint8_t *bad;
	size_t i;
	bool good = true;

	for (i = 0; i < s->size && good; i++) {
		bad = malloc(i + 1);
		memcpy(bad, s->envelope, i);
		good = refused(s, bad, i);
		free(bad);
	}
	ok(good, "cut at each of %zu bytes", s->size);
}

static void
each_byte(const struct subject *s)
{
	static const uint8_t more[] = "\n\r =A/-\xaf";
	uint8_t bad[AGE_SEALED_MAX + 1];
	size_t i, n;
	bool good = true;

	for (i = 0; i <= s->size && good; i++) {
		memcpy(bad, s->envelope, i);
		if (i < s->size) {
			memcpy(bad + i, s->envelope + i + 1, s->size - i - 1);
			good = refused(s, bad, s->size - 1);
		}
		for (n = 0; n < sizeof(more) && good; n++) {
			bad[i] = more[n];
			memcpy(bad + i + 1, s->envelope + i, s->size - i);
			good = refused(s, bad, s->size + 1);
		}
	}
	ok(good, "each byte missing, and each more");
}

static void
subject(const struct age_recipients *to, const struct age_identities *of,
    const char *what)
{
	struct subject s = { .of = of };
	uint8_t got[AGE_KEY_SIZE];
	struct fault f;

	ok(age_seal(to, key, s.envelope, &s.size, &f) == 0 &&
	    age_open(of, s.envelope, s.size, got, &f) == 0 &&
	    memcmp(got, key, sizeof(key)) == 0, "%s", what);
	each_bit(&s);
	each_size(&s);
	each_byte(&s);
}

int
main(void)
{
	struct age_recipients to = { 0 };
	struct age_identities of = { 0 };
	char recipient[AGE_RECIPIENT_SIZE], line[LINE_SIZE];
	struct fault f;

	keygen(&of, recipient);
	age_recipient(&to, recipient, &f);
	subject(&to, &of, "one recipient");
	ssh_keygen(line);
	ok(age_recipient(&to, line, &f) == 0, "an SSH key");
	age_recipient(&to, recipient, &f);
	subject(&to, &of, "three, and two that fit");
	age_recipients_free(&to);
	age_identities_free(&of);
	age_recipients_phrase(&to, "secret", 6, 1, &f);
	age_identities_phrase(&of, "secret", 6, &f);
	subject(&to, &of, "a passphrase");
	age_recipients_free(&to);
	age_identities_free(&of);
	return tap_end();
}
