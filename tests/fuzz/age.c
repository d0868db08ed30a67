/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Envelopes (age.h): listed, and opened by the identity that the seeds are
 * for.  No passphrase: scrypt takes a second.
 */
#include <string.h>

#include "age.h"
#include "fuzz.h"

/* Of the test vectors: key-alice. */
static const char identity[] = "AGE-SECRET-KEY-"
    "1A9XUCQGNVV3SMWXSN7MRTZ05E22H2Y76D089S4AFC950XHQ2KQMSWK2Y8A\n";

static const struct age_identities *
alice(void)
{
	static struct age_identities i;
	struct fault f;

	if (i.keys.count > 0)
		return &i;
	(void)fuzz_input((const uint8_t *)identity, strlen(identity));
	fuzz_holds(age_identities_file(&i, fuzz_input_path(), false, &f) == 0,
	    "the identity loads");
	return &i;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const uint8_t zero[AGE_KEY_SIZE];
	uint8_t key[AGE_KEY_SIZE];
	struct age_list list;
	struct fault f;
	size_t i;
	bool listed = age_list(bytes, size, &list, &f) == 0;

	if (!listed)
		fuzz_failed(&f);
	for (i = 0; listed && i < list.count; i++)
		fuzz_holds(list.types[i].at >= (const char *)bytes &&
		    list.types[i].at + list.types[i].size <=
		    (const char *)bytes + size, "types are in the envelope");
	if (age_open(alice(), bytes, size, key, &f) == -1) {
		fuzz_failed(&f);
		fuzz_holds(memcmp(key, zero, sizeof(key)) == 0,
		    "without a key there are zeroes");
	} else {
		fuzz_holds(listed, "what opens can be listed");
	}
	return 0;
}
