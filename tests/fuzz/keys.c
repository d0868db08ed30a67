/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files of keys: identities and recipients of age's and OpenSSH's, and keys
 * and signatures of minisign's.
 */
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "fuzz.h"
#include "minisign.h"
#include "openssh.h"

static void
read_age(const char *text)
{
	struct age_identities i = { .keys = { .at = NULL } };
	struct age_recipients files = { .keys = { .at = NULL } };
	struct age_recipients r = { .keys = { .at = NULL } };
	struct fault f;

	if (age_identities_file(&i, fuzz_input_path(), false, &f) == -1)
		fuzz_failed(&f);
	if (age_recipients_file(&files, fuzz_input_path(), &f) == -1)
		fuzz_failed(&f);
	if (age_recipient(&r, text, &f) == -1)
		fuzz_failed(&f);
	fuzz_holds(i.keys.count <= AGE_IDENTITIES_MAX &&
	    files.keys.count <= AGE_STANZAS_MAX, "lists have an end");
	age_identities_free(&i);
	age_recipients_free(&files);
	age_recipients_free(&r);
}

static void
read_openssh(const char *text)
{
	uint8_t public[crypto_sign_PUBLICKEYBYTES], wire[OPENSSH_WIRE_SIZE];
	uint8_t secret[crypto_sign_SECRETKEYBYTES];

	if (openssh_public(text, public) == NULL)
		openssh_wire(public, wire);
	if (strlen(text) <= OPENSSH_TEXT_MAX)
		(void)openssh_secret(text, secret);
}

static void
read_minisign(const char *text, const uint8_t *bytes, size_t size)
{
	struct minisign_public public = { .number = { 0 } };
	struct minisign_secret secret;
	struct fault f;

	if (minisign_public(fuzz_input_path(), &public, &f) == -1)
		fuzz_failed(&f);
	/* Otherwise it is the name of a file. */
	if (strchr(text, '/') == NULL)
		(void)minisign_public(text, &public, &f);
	if (minisign_secret(fuzz_input_path(), "/dev/null", &secret, &f) == -1)
		fuzz_failed(&f);
	if (minisign_verify(&public, bytes, size, (const char *)bytes, size,
	    &f) == -1)
		fuzz_failed(&f);
}

/* A key behind scrypt takes a second, whatever the file says. */
static bool
is_locked(const uint8_t *bytes, size_t size)
{
	return memmem(bytes, size, "RWRTY0Iy", 8) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *text = fuzz_text(bytes, size);

	(void)fuzz_input(bytes, size);
	read_age(text);
	read_openssh(text);
	if (!is_locked(bytes, size))
		read_minisign(text, bytes, size);
	free(text);
	return 0;
}
