/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Envelopes: how strictly a header is read, and the limits of lists and of
 * envelopes.  What age itself makes and opens is for 17-age.t.
 */
#include <sodium.h>

#include "age.h"
#include "bech32.h"
#include "tap.h"

#define VERSION	"age-encryption.org/v1\n"
#define SHARE	"TEiF0ypqr+bpvcqXNyCVJpL7OuwPdVwPL7KQEbFDOCc"
#define BODY	"hjabGXwSLQ9c3S6Lw2i+S2Tu2fiwQHHslbBN6B41FLE"
#define X25519	"-> X25519 " SHARE "\n" BODY "\n"
#define SALT	"rF0/NwblUHHTpgQgRpe5CQ"
#define SSH	"-> ssh-ed25519 AAAAAA " SHARE "\n" BODY "\n"
#define SCRYPT	"-> scrypt " SALT " 10\n" BODY "\n"
#define HALF	"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define FULL	HALF HALF
#define MAC	"--- WyJp9F/9FOZh7gJdheq2WIJcwHgYc8NIVh3ddwhrcNg\n"
#define LINE(n)	"the envelope, line " #n ": "
#define OF(n, type)	"the envelope, stanza " #n " (" type "): "
#define WORDS	"not words with one space between"
#define NO64	"not base64 as it has to be"
#define NEITHER	"neither a stanza nor the MAC"

/* Headers, and what is said of them; NULL: they are good. */
static const struct {
	const char *header;
	int status;
	const char *text;
} headers[] = {
	{ VERSION X25519 MAC, 0, NULL },
	{ VERSION X25519 X25519 SSH MAC, 0, NULL },
	{ VERSION SCRYPT MAC, 0, NULL },
	{ VERSION "-> x !~ \"\n\n" MAC, 0, NULL },
	{ VERSION "-> x\n" FULL "\n\n" MAC, 0, NULL },
	{ VERSION "-> x\n" FULL "\n" FULL "\nAA\n" MAC, 0, NULL },
	{ VERSION "-> x25519 a b c d\nAA\n" MAC, 0, NULL },
	{ "", EXIT_MALFORMED, LINE(1) "cut short" },
	{ "age-encryption.org/v1", EXIT_MALFORMED, LINE(1) "cut short" },
	{ "age-encryption.org/v2\n" X25519 MAC, EXIT_MALFORMED,
	  LINE(1) "another version of age files" },
	{ "age-encryption.org/v1\r\n" X25519 MAC, EXIT_MALFORMED,
	  LINE(1) "another version of age files" },
	{ "\n" VERSION X25519 MAC, EXIT_MALFORMED, LINE(1) "not an age file" },
	{ "-----BEGIN AGE ENCRYPTED FILE-----\n", EXIT_MALFORMED,
	  LINE(1) "armored, where a binary age file has to be" },
	{ VERSION, EXIT_MALFORMED, LINE(2) "cut short" },
	{ VERSION MAC, EXIT_MALFORMED,
	  LINE(2) "no stanza comes before the MAC" },
	{ VERSION "\n" X25519 MAC, EXIT_MALFORMED, LINE(2) NEITHER },
	{ VERSION "->X25519\n\n" MAC, EXIT_MALFORMED, LINE(2) NEITHER },
	{ VERSION "-> \n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "->  x\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x  y\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x \n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x\ty\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x\r\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x\x7f\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> \xc3\xa4\n\n" MAC, EXIT_MALFORMED, LINE(2) WORDS },
	{ VERSION "-> x\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\n" X25519 MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\n" FULL "\n" MAC, EXIT_MALFORMED, LINE(4) NO64 },
	{ VERSION "-> x\n" FULL "A\n" MAC, EXIT_MALFORMED,
	  LINE(3) "longer than 64 characters" },
	{ VERSION "-> x\n" FULL, EXIT_MALFORMED, LINE(3) "cut short" },
	{ VERSION "-> x\nAA\nAA\n" MAC, EXIT_MALFORMED, LINE(4) NEITHER },
	{ VERSION "-> x\nA\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAB\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAAB\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAA==\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nA-_A\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAA \n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAA\r\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAA\xab" "A\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION "-> x\nAA\xaf" "A\n" MAC, EXIT_MALFORMED, LINE(3) NO64 },
	{ VERSION X25519 "---\n", EXIT_MALFORMED, LINE(4) NEITHER },
	{ VERSION X25519 "--- \n", EXIT_MALFORMED,
	  LINE(4) "no MAC as it has to be" },
	{ VERSION X25519 "--- " SALT "\n", EXIT_MALFORMED,
	  LINE(4) "no MAC as it has to be" },
	{ VERSION X25519 "--- " SHARE " \n", EXIT_MALFORMED,
	  LINE(4) "no MAC as it has to be" },
	{ VERSION X25519 "---  " SHARE "\n", EXIT_MALFORMED,
	  LINE(4) "no MAC as it has to be" },
	{ VERSION X25519 "--- " SHARE, EXIT_MALFORMED, LINE(4) "cut short" },
	{ VERSION "-> X25519\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "X25519") "has not the arguments of its type" },
	{ VERSION SSH "-> X25519 " SHARE " x\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(2, "X25519") "has not the arguments of its type" },
	{ VERSION "-> X25519 " SALT "\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "X25519") "an argument is not base64 as it has to be" },
	{ VERSION "-> X25519 " SHARE "\n" SALT "\n" MAC, EXIT_MALFORMED,
	  OF(1, "X25519") "what it wraps is no file key" },
	{ VERSION "-> X25519 " SHARE "\n" FULL "\n\n" MAC, EXIT_MALFORMED,
	  OF(1, "X25519") "what it wraps is no file key" },
	{ VERSION "-> ssh-ed25519 " SHARE "\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "ssh-ed25519") "has not the arguments of its type" },
	{ VERSION "-> ssh-ed25519 AAAAAB " SHARE "\n" BODY "\n" MAC,
	  EXIT_MALFORMED,
	  OF(1, "ssh-ed25519") "an argument is not base64 as it has to be" },
	{ VERSION SCRYPT SCRYPT MAC, EXIT_MALFORMED,
	  OF(1, "scrypt") "has others beside it" },
	{ VERSION X25519 SCRYPT MAC, EXIT_MALFORMED,
	  OF(2, "scrypt") "has others beside it" },
	{ VERSION "-> x\n\n-> scrypt " SALT " 23\n" BODY "\n" MAC,
	  EXIT_MALFORMED, OF(2, "scrypt") "has others beside it" },
	{ VERSION "-> scrypt " SALT " 22\n" BODY "\n" MAC, 0, NULL },
	{ VERSION "-> scrypt " SALT " 23\n" BODY "\n" MAC, EXIT_REFUSED,
	  OF(1, "scrypt") "its passphrase would take too much work" },
	{ VERSION "-> scrypt " SALT " 18446744073709551626\n" BODY "\n" MAC,
	  EXIT_REFUSED,
	  OF(1, "scrypt") "its passphrase would take too much work" },
	{ VERSION "-> scrypt " SALT " 0\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "scrypt") "its work is no number" },
	{ VERSION "-> scrypt " SALT " 010\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "scrypt") "its work is no number" },
	{ VERSION "-> scrypt " SALT " 99999a\n" BODY "\n" MAC, EXIT_MALFORMED,
	  OF(1, "scrypt") "its work is no number" },
};

static void
strict(void)
{
	static uint8_t envelope[1024];
	struct age_list list;
	struct fault f;
	size_t i, size;

	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
		size = strlen(headers[i].header);
		memcpy(envelope, headers[i].header, size);
		if (headers[i].text == NULL)
			ok(age_list(envelope, size + 64, &list, &f) == 0,
			    "good header %zu", i);
		else
			faulty(age_list(envelope, size, &list, &f), &f,
			    headers[i].status, headers[i].text);
	}
	memcpy(envelope, headers[0].header, size = strlen(headers[0].header));
	faulty(age_list(envelope, size + 63, &list, &f), &f, EXIT_MALFORMED,
	    "the envelope has 63 bytes behind its header, not the 64 of a "
	    "key");
	faulty(age_list(envelope, size + 65, &list, &f), &f, EXIT_MALFORMED,
	    "the envelope has 65 bytes behind its header, not the 64 of a "
	    "key");
	envelope[size - 5] = '\0';
	faulty(age_list(envelope, size + 64, &list, &f), &f, EXIT_MALFORMED,
	    LINE(4) "no MAC as it has to be");
}

/* An envelope of that many stanzas of one line, and so many bytes in all. */
static size_t
stanzas(uint8_t *envelope, size_t count, size_t size)
{
	char *at = (char *)envelope;
	size_t front = strlen(VERSION) + count * strlen("-> x\n\n") +
	    strlen(MAC) + 64;

	at += sprintf(at, "%s-> x", VERSION);
	for (; size > front; size--)
		*at++ = 'x';
	at += sprintf(at, "\n\n");
	while (--count > 0)
		at += sprintf(at, "-> x\n\n");
	at += sprintf(at, "%s", MAC);
	return (size_t)(at - (char *)envelope) + 64;
}

static void
limits(void)
{
	static uint8_t envelope[AGE_ENVELOPE_MAX + 2], key[AGE_KEY_SIZE];
	struct age_identities none = { 0 };
	struct age_list list;
	struct fault f;
	size_t size;

	size = stanzas(envelope, AGE_STANZAS_MAX, 0);
	ok(age_list(envelope, size, &list, &f) == 0 &&
	    list.count == AGE_STANZAS_MAX, "64 stanzas");
	size = stanzas(envelope, AGE_STANZAS_MAX + 1, 0);
	faulty(age_list(envelope, size, &list, &f), &f, EXIT_REFUSED,
	    "the envelope has more than 64 stanzas");
	faulty(age_open(&none, envelope, size, key, &f), &f, EXIT_REFUSED,
	    "the envelope has more than 64 stanzas");
	size = stanzas(envelope, 1, AGE_ENVELOPE_MAX);
	ok(size == AGE_ENVELOPE_MAX &&
	    age_list(envelope, size, &list, &f) == 0 && list.count == 1,
	    "64 KiB");
	size = stanzas(envelope, 1, AGE_ENVELOPE_MAX + 1);
	faulty(age_list(envelope, size, &list, &f), &f, EXIT_REFUSED,
	    "an envelope of 65537 bytes; the limit is 65536");
	size = stanzas(envelope, 1, 0);
	faulty(age_open(&none, envelope, size, key, &f), &f, EXIT_INTEGRITY,
	    "the envelope: none of the identities fits");
}

#define RECIPIENT \
	"age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

static void
lists(void)
{
	struct age_recipients r = { 0 };
	uint8_t envelope[AGE_SEALED_MAX], key[AGE_KEY_SIZE] = { 1 };
	struct age_list list;
	struct fault f;
	size_t size, i;

	faulty(age_seal(&r, key, envelope, &size, &f), &f, EXIT_USAGE,
	    "nobody to seal the key to");
	for (i = 0; i < AGE_STANZAS_MAX; i++)
		if (age_recipient(&r, RECIPIENT, &f) == -1)
			break;
	ok(age_seal(&r, key, envelope, &size, &f) == 0 &&
	    age_list(envelope, size, &list, &f) == 0 &&
	    list.count == AGE_STANZAS_MAX, "64 recipients");
	faulty(age_recipient(&r, RECIPIENT, &f), &f, EXIT_REFUSED,
	    "more than 64 keys");
	faulty(age_recipients_phrase(&r, "x", 1, AGE_WORK, &f), &f,
	    EXIT_USAGE, "no passphrase may stand beside a recipient");
	age_recipients_free(&r);
	faulty(age_recipients_phrase(&r, "x", 0, AGE_WORK, &f), &f,
	    EXIT_REFUSED, "an empty passphrase");
	faulty(age_recipients_phrase(&r, "x", 1, 0, &f), &f, EXIT_USAGE,
	    "work for a passphrase is 1 to 22");
	faulty(age_recipients_phrase(&r, "x", 1, AGE_WORK_MAX + 1, &f), &f,
	    EXIT_USAGE, "work for a passphrase is 1 to 22");
	ok(age_recipients_phrase(&r, "x", 1, AGE_WORK, &f) == 0,
	    "a passphrase");
	faulty(age_recipient(&r, RECIPIENT, &f), &f, EXIT_USAGE,
	    "no recipient may stand beside a passphrase");
	age_recipients_free(&r);
}

/* Points of low order: 0, 1, and one of order 8, as age1... */
static void
low_order(void)
{
	uint8_t point[32] = { 0 }, envelope[AGE_SEALED_MAX], key[32] = { 1 };
	char text[AGE_RECIPIENT_SIZE];
	struct age_recipients r = { 0 };
	struct fault f;
	size_t size;
	uint8_t first;

	for (first = 0; first < 2; first++) {
		point[0] = first;
		bech32_encode("age", point, sizeof(point), text);
		age_recipient(&r, text, &f);
		faulty(age_seal(&r, key, envelope, &size, &f), &f,
		    EXIT_REFUSED, "a recipient is a point of low order, and "
		    "no key");
		age_recipients_free(&r);
	}
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	strict();
	limits();
	lists();
	low_order();
	return tap_end();
}
