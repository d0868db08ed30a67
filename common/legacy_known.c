/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "legacy.h"
#include "legacy_format.h"
#include "pages.h"

static bool
begins(const uint8_t *bytes, size_t size, const char *magic, size_t length)
{
	return size >= length && memcmp(bytes, magic, length) == 0;
}

static uint64_t
get_word(const uint8_t *p, size_t word)
{
	return word == 4 ? get_le32(p) : get_le64(p);
}

/* Whether these can be the first entries of a batch of a guest so large. */
static bool
is_batch(const uint8_t *p, size_t size, size_t word, uint64_t p2m_size)
{
	uint64_t entry;

	for (; size >= word; p += word, size -= word) {
		entry = get_word(p, word);
		if (entry > UINT32_MAX)
			return false;
		if (entry != LEGACY_NO_PFN &&
		    ((entry & LEGACY_PFN_MASK) >= p2m_size ||
		    (entry >> LEGACY_TYPE_SHIFT >= LEGACY_TYPE_RESERVED &&
		    entry >> LEGACY_TYPE_SHIFT < LEGACY_TYPE_PINNED)))
			return false;
	}
	return true;
}

static bool
is_bare(const uint8_t *bytes, size_t size)
{
	static const uint8_t ones[8] = {
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	};
	size_t word, rest;
	uint64_t p2m_size;
	uint32_t id;

	if (size < 16)
		return false;
	word = get_le32(bytes + 4) == 0 ? 8 : 4;
	p2m_size = get_word(bytes, word);
	if (p2m_size == 0 || p2m_size > LEGACY_P2M_MAX)
		return false;
	if (memcmp(bytes + word, ones, word) == 0)
		return true;
	id = get_le32(bytes + word);
	rest = word + sizeof(id);
	if (id > LEGACY_BATCH_MAX)
		return -id > LEGACY_VERIFY && -id < LEGACY_CHUNKS;
	if (size - rest > id * word)
		size = rest + id * word;
	return id > 0 && is_batch(bytes + rest, size - rest, word, p2m_size);
}

bool
legacy_known(const uint8_t *bytes, size_t size)
{
	if (begins(bytes, size, XL_MAGIC, XL_MAGIC_SIZE))
		return size >= XL_HEADER_SIZE &&
		    !(get_le32(bytes + XL_FLAGS_OFFSET) & XL_FLAG_STREAM_V2);
	return begins(bytes, size, XEND_MAGIC, XEND_MAGIC_SIZE) ||
	    begins(bytes, size, XAPI_MAGIC, XAPI_MAGIC_SIZE) ||
	    begins(bytes, size, XAPI_2_MAGIC, XAPI_MAGIC_SIZE) ||
	    is_bare(bytes, size);
}
