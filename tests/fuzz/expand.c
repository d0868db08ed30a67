/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * COMPRESSED records undone (expand.h), strictly and to salvage.  What comes
 * out of a whole stream, packed and unpacked again, is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "compress.h"
#include "expand.h"
#include "format.h"
#include "fuzz.h"
#include "layout.h"

#define MEMORY	4096u	/* pages of a window */
#define LEVEL	(-1)
#define SMALL	65536u	/* bytes that inputs unpack to, most of them */
#define LARGE	64u	/* one of so many others is run */

static int
expand(const uint8_t *bytes, size_t size, bool salvage, struct fault *f)
{
	struct expander *shared = expander_new(MEMORY, 1, f);
	void *worker = expand_new(shared);
	const struct codec codec = {
		.layer = REC_COMPRESSED, .undo = true, .whole = true,
		.worker = &worker, .first = expand_first, .work = expand_open,
		.join = expand_join, .finish = expand_finish,
	};
	int result;

	if (salvage)
		expander_salvage(shared);
	result = fuzz_filter(&codec, bytes, size, f);
	expand_free(worker);
	expander_free(shared);
	return result;
}

static int
compress(const uint8_t *bytes, size_t size, struct fault *f)
{
	struct compressor *shared = compressor_new(LEVEL, 64, 1, f);
	void *worker = compress_new(shared);
	const struct codec codec = {
		.layer = REC_COMPRESSED, .whole = true, .worker = &worker,
		.work = compress_look, .join = compress_join,
		.finish = compress_finish,
	};
	int result = fuzz_filter(&codec, bytes, size, f);

	compress_free(worker);
	compressor_free(shared);
	return result;
}

/* What was written, in memory that stays. */
static uint8_t *
keep(size_t *size)
{
	const uint8_t *written = fuzz_written(size);
	uint8_t *copy = malloc(*size + 1);

	fuzz_holds(copy != NULL, "there is memory");
	memcpy(copy, written, *size);
	return copy;
}

/* Whether the stream on hand packs, and comes back. */
static void
round_trip(const uint8_t *plain, size_t size)
{
	size_t packed_size;
	struct fault f;
	uint8_t *packed;

	if (compress(plain, size, &f) == -1) {
		fuzz_holds(f.status == EXIT_REFUSED,
		    "a whole stream packs, or has that layer");
		return;
	}
	packed = keep(&packed_size);
	fuzz_holds(expand(packed, packed_size, false, &f) == 0,
	    "what was packed unpacks");
	fuzz_same(plain, size, "to what it was");
	free(packed);
}

/* The bytes that are in the COMPRESSED records, as they say. */
static uint64_t
unpacked(const uint8_t *bytes, size_t size)
{
	struct piece piece[LAYOUT_MAX];
	size_t i, count = layout_of(bytes, size, piece);
	uint64_t sum = 0;

	for (i = 0; i < count; i++)
		if (piece[i].kind == PIECE_RECORD &&
		    get_le32(piece[i].at) == REC_COMPRESSED &&
		    piece[i].size >= RECORD_HEADER_SIZE +
		    COMPRESSED_HEADER_SIZE)
			sum += get_le32(piece[i].at + RECORD_HEADER_SIZE +
			    COMPRESSED_LENGTH_OFFSET);
	return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fault f;
	uint8_t *plain;
	size_t has;
	bool good;

	/* Few bytes that say they are much take as long as 100 others. */
	if (unpacked(bytes, size) > SMALL &&
	    fuzz_choice(bytes, size, LARGE) != 0)
		return -1;
	fuzz_watch();
	good = expand(bytes, size, false, &f) == 0;
	if (good) {
		plain = keep(&has);
		round_trip(plain, has);
		free(plain);
	}
	if (expand(bytes, size, true, &f) == -1)
		fuzz_holds(!good, "what is good needs no salvage");
	fuzz_sweep();
	return 0;
}
