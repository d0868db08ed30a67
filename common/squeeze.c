/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <zstd.h>
#include <zstd_errors.h>

#include "squeeze.h"

struct squeeze {
	ZSTD_CCtx *pack;	/* NULL: to undo only */
	ZSTD_DCtx *unpack;
};

/*
 * Memory is not text: a smaller table, which stays in the processor's cache,
 * and longer matches are faster than what zstd takes for its level 1, and
 * make less of it.
 */
static const struct {
	ZSTD_cParameter parameter;
	int value;
} fastest[] = {
	{ ZSTD_c_hashLog, 14 },
	{ ZSTD_c_minMatch, 6 },
	{ ZSTD_c_windowLog, 22 },
};

static int
set(struct squeeze *z, ZSTD_cParameter parameter, int value)
{
	return ZSTD_isError(ZSTD_CCtx_setParameter(z->pack, parameter,
	    value)) ? -1 : 0;
}

static int
set_level(struct squeeze *z, int level)
{
	size_t i;

	if (set(z, ZSTD_c_compressionLevel, level) == -1)
		return -1;
	for (i = 0; level == 1 && i < sizeof(fastest) / sizeof(fastest[0]);
	    i++)
		if (set(z, fastest[i].parameter, fastest[i].value) == -1)
			return -1;
	return 0;
}

struct squeeze *
squeeze_new(int level)
{
	struct squeeze *z = calloc(1, sizeof(*z));

	if (z == NULL)
		return NULL;
	z->unpack = ZSTD_createDCtx();
	if (level != 0)
		z->pack = ZSTD_createCCtx();
	if (z->unpack == NULL || (level != 0 && (z->pack == NULL ||
	    set_level(z, level) == -1))) {
		squeeze_free(z);
		return NULL;
	}
	return z;
}

void
squeeze_free(struct squeeze *z)
{
	if (z == NULL)
		return;
	ZSTD_freeCCtx(z->pack);
	ZSTD_freeDCtx(z->unpack);
	free(z);
}

int
squeeze(struct squeeze *z, uint8_t *to, const uint8_t *from, size_t size,
    size_t *length, struct fault *f)
{
	size_t n;

	*length = size;
	if (size == 0)
		return 0;
	/* Room for one byte less than it has: then it shrinks or fails. */
	n = ZSTD_compress2(z->pack, to, size - 1, from, size);
	if (!ZSTD_isError(n))
		*length = n;
	else if (ZSTD_getErrorCode(n) == ZSTD_error_memory_allocation)
		return fault_set(f, EXIT_SYSTEM, "no memory to compress");
	else
		memcpy(to, from, size);
	return 0;
}

int
squeeze_announced(const uint8_t *from, size_t length, size_t size)
{
	return ZSTD_getFrameContentSize(from, length) == size;
}

int
squeeze_undo(struct squeeze *z, uint8_t *to, size_t size,
    const uint8_t *from, size_t length)
{
	return squeeze_announced(from, length, size) &&
	    ZSTD_decompressDCtx(z->unpack, to, size, from, length) == size ?
	    0 : -1;
}
