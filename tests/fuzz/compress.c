/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams packed (compress.h): any that is whole packs, and unpacks to what it
 * was; in a window that is smaller than it, too.
 */
#include <stdlib.h>
#include <string.h>

#include "compress.h"
#include "expand.h"
#include "format.h"
#include "fuzz.h"

#define LEVEL	(-1)

static int
pack(const uint8_t *bytes, size_t size, uint32_t window, struct fault *f)
{
	struct compressor *shared = compressor_new(LEVEL, window, 1, f);
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

static void
unpack(const uint8_t *bytes, size_t size)
{
	struct fault f;
	struct expander *shared = expander_new(EXPAND_MEMORY, 1, &f);
	void *worker = expand_new(shared);
	const struct codec codec = {
		.layer = REC_COMPRESSED, .undo = true, .whole = true,
		.worker = &worker, .first = expand_first, .work = expand_open,
		.join = expand_join, .finish = expand_finish,
	};

	fuzz_holds(fuzz_filter(&codec, bytes, size, &f) == 0,
	    "what was packed unpacks");
	expand_free(worker);
	expander_free(shared);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	static const uint32_t windows[] = { 0, 1, 3, 64 };
	const uint8_t *written;
	struct fault f;
	uint8_t *packed;
	size_t has;

	fuzz_watch();
	if (pack(bytes, size, windows[fuzz_choice(bytes, size, 4)], &f) == 0) {
		written = fuzz_written(&has);
		packed = malloc(has + 1);
		fuzz_holds(packed != NULL, "there is memory");
		memcpy(packed, written, has);
		unpack(packed, has);
		fuzz_same(bytes, size, "to what it was");
		free(packed);
	}
	fuzz_sweep();
	return 0;
}
