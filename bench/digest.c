/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "digest.h"

struct digest {
	XXH3_state_t state;
	uint64_t     size;
};

struct digest *
digest_new(void)
{
	struct digest *d = NULL;

	/* The state has to lie as its vectors do. */
	if (posix_memalign((void **)&d, _Alignof(struct digest),
	    sizeof(*d)) != 0)
		return NULL;
	d->size = 0;
	XXH3_128bits_reset(&d->state);
	return d;
}

void
digest_add(struct digest *d, const void *bytes, size_t size)
{
	XXH3_128bits_update(&d->state, bytes, size);
	d->size += size;
}

int
digest_print(const struct digest *d, int fd)
{
	XXH128_hash_t h = XXH3_128bits_digest(&d->state);

	return dprintf(fd, "%016" PRIx64 "%016" PRIx64 " %" PRIu64 "\n",
	    h.high64, h.low64, d->size) < 0 ? -1 : 0;
}
