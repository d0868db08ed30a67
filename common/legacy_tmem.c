/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdint.h>

#include "bytes.h"
#include "legacy_stream.h"

/* Xen has none any more.  Said once. */
static void
tell(struct legacy *l)
{
	if (!l->tmem)
		legacy_tell(l, "the guest's tmem is left out: what it had "
		    "swapped to there is lost");
	l->tmem = true;
}

/* 1 for a page, 0 where the pool's pages end early. */
static int
take_page(struct legacy *l, uint32_t flags, struct fault *f)
{
	uint8_t oid[TMEM_OID_SIZE];
	size_t i;

	if (legacy_take(l, oid, sizeof(oid), f) == -1)
		return -1;
	for (i = 0; i < sizeof(oid) && oid[i] == UINT8_MAX; i++)
		;
	if (i == sizeof(oid))
		return 0;
	return legacy_copy(l, TMEM_INDEX_SIZE +
	    (UINT64_C(1) << TMEM_PAGE_SHIFT(flags)), NULL, f) == -1 ? -1 : 1;
}

static int
take_pool(struct legacy *l, struct fault *f)
{
	uint8_t pool[TMEM_POOL_SIZE];
	uint32_t left;
	int more = 1;

	if (legacy_take(l, pool, sizeof(pool), f) == -1)
		return -1;
	for (left = get_le32(pool + TMEM_PAGES_OFFSET); left > 0 && more == 1;
	    left--)
		more = take_page(l, get_le32(pool), f);
	return more == -1 ? -1 : 0;
}

int
legacy_tmem(struct legacy *l, struct fault *f)
{
	uint32_t id;

	tell(l);
	if (legacy_copy(l, TMEM_HEADER_SIZE, NULL, f) == -1)
		return -1;
	for (;;) {
		if (legacy_take_u32(l, &id, f) == -1)
			return -1;
		if (id == TMEM_NO_POOL)
			return 0;
		if (take_pool(l, f) == -1)
			return -1;
	}
}

int
legacy_tmem_extra(struct legacy *l, struct fault *f)
{
	uint32_t id;

	tell(l);
	for (;;) {
		if (legacy_take_u32(l, &id, f) == -1)
			return -1;
		if (id == TMEM_NO_POOL)
			return 0;
		if (legacy_copy(l, TMEM_OID_SIZE + TMEM_INDEX_SIZE, NULL, f)
		    == -1)
			return -1;
	}
}
