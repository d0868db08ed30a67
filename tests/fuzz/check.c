/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Check data verified and taken out (verify_codec.h), with a signature or
 * without.  What comes out of a whole stream, with check data put in again, is
 * sound, and the same without it.
 */
#include <stdlib.h>
#include <string.h>

#include "checking.h"
#include "format.h"
#include "fuzz.h"
#include "protect.h"
#include "verify_codec.h"

#define AROUND_MAX	(1u << 20)

static int
verify(const uint8_t *bytes, size_t size, const struct minisign_public *signer,
    struct fault *f)
{
	struct verifiers shared = {
		.all.signer = signer, .around.max = AROUND_MAX,
	};
	struct verifier worker = {
		.shared = &shared, .checking.kind = &shared.kind,
	};
	void *at = &worker;
	const struct codec codec = {
		.whole = true, .worker = &at, .pairs = checking_pairs,
		.arrived = verify_arrived, .first = verify_first,
		.work = verify_work, .write = verify_write,
	};
	int result = fuzz_filter(&codec, bytes, size, f);

	hold_free(&shared.around);
	return result;
}

static int
protect(const uint8_t *bytes, size_t size, bool blake2b, struct fault *f)
{
	struct protection shared = {
		.blake2b = blake2b, .tail.max = AROUND_MAX,
	};
	struct protector worker = { .shared = &shared };
	void *at = &worker;
	const struct codec codec = {
		.layer = REC_CHECK, .whole = blake2b, .through = !blake2b,
		.worker = &at, .work = protect_work, .write = protect_write,
	};
	struct filter filter = {
		.in = fuzz_input(bytes, size), .out = fuzz_output(),
		.threads = 1, .codec = &codec,
	};
	int result = filter_run(&filter, f);

	protect_free(&shared);
	return result;
}

static uint8_t *
keep(size_t *size)
{
	const uint8_t *written = fuzz_written(size);
	uint8_t *copy = malloc(*size + 1);

	fuzz_holds(copy != NULL, "there is memory");
	memcpy(copy, written, *size);
	return copy;
}

/* Check data put into it, and taken out again. */
static void
round_trip(const uint8_t *plain, size_t size, bool blake2b)
{
	struct fault f;
	uint8_t *checked;
	size_t has;

	if (protect(plain, size, blake2b, &f) == -1) {
		fuzz_holds(f.status == EXIT_REFUSED || f.status ==
		    EXIT_MALFORMED, "refused as it has to be");
		fuzz_no_end();
		return;
	}
	checked = keep(&has);
	fuzz_holds(verify(checked, has, NULL, &f) == 0, "it is sound");
	fuzz_same(plain, size, "without check data it is as before");
	free(checked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const struct minisign_public nobody;
	struct fault f;
	uint8_t *plain;
	size_t has;

	fuzz_watch();
	if (verify(bytes, size, NULL, &f) == 0) {
		plain = keep(&has);
		round_trip(plain, has, false);
		round_trip(plain, has, true);
		free(plain);
	} else {
		round_trip(bytes, size, fuzz_choice(bytes, size, 2) == 0);
	}
	fuzz_holds(verify(bytes, size, &nobody, &f) == -1,
	    "nobody has signed it");
	fuzz_sweep();
	return 0;
}
