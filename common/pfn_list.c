/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "index.h"
#include "pfn_list.h"
#include "squeeze.h"
#include "types.h"

#define PACKED_FRONT	(COMPRESSED_HEADER_SIZE + PACKED_HEADER_SIZE)

uint64_t
pfn_list_size(const struct record *rec)
{
	uint64_t size = 0;

	if (rec->type == REC_PAGE_DATA && rec->length >= PAGE_DATA_HEADER_SIZE)
		size = PAGE_DATA_HEADER_SIZE +
		    8 * (uint64_t)get_le32(rec->body);
	else if (rec->type == REC_COMPRESSED && rec->length >= PACKED_FRONT &&
	    type_is_ours(rec) && get_le16(rec->body + OUR_FLAGS_OFFSET) &
	    COMPRESSED_PAGES)
		size = PACKED_FRONT + (uint64_t)get_le32(rec->body +
		    COMPRESSED_HEADER_SIZE + PACKED_PARTS_OFFSET);
	return size <= rec->length ? size : 0;
}

/* The index's bytes, unpacked, into x.  0 or -1. */
static int
open_index(struct index *x, const uint8_t *payload)
{
	const uint8_t *from = payload + PACKED_HEADER_SIZE;
	uint32_t length = get_le32(payload + PACKED_PARTS_OFFSET);
	uint32_t size = get_le32(payload + PACKED_PARTS_OFFSET + 4);
	struct squeeze *z = squeeze_new(0);
	uint8_t *to = NULL;
	int result = -1;

	x->count = get_le32(payload + PACKED_COUNT_OFFSET);
	if (z != NULL && x->count <= PACKED_COUNT_MAX &&
	    size <= PACKED_INDEX_FACTOR * x->count &&
	    (to = malloc(size + 1)) != NULL) {
		if (length == size)
			memcpy(to, from, size);
		if (length == size ||
		    squeeze_undo(z, to, size, from, length) == 0)
			result = index_get(x, get_le64(payload), to, size);
	}
	free(to);
	squeeze_free(z);
	return result;
}

/* The entries of a record packed as pages. */
static uint64_t *
packed_entries(const struct record *rec, uint32_t *count)
{
	struct index *x = calloc(1, sizeof(*x));
	uint64_t *entry = calloc(PACKED_COUNT_MAX, sizeof(*entry));

	if (x != NULL && entry != NULL) {
		x->entry = entry;
		if (open_index(x, rec->body + COMPRESSED_HEADER_SIZE) == 0) {
			*count = x->count;
			free(x);
			return entry;
		}
	}
	free(x);
	free(entry);
	return NULL;
}

static uint64_t *
plain_entries(const struct record *rec, uint32_t *count)
{
	uint64_t *entry;
	uint32_t i;

	*count = get_le32(rec->body);
	if ((entry = calloc(*count + (size_t)1, sizeof(*entry))) != NULL)
		for (i = 0; i < *count; i++)
			entry[i] = get_le64(rec->body +
			    PAGE_DATA_HEADER_SIZE + 8 * (size_t)i);
	return entry;
}

uint64_t *
pfn_list(const struct record *rec, uint32_t *count)
{
	uint64_t *pfn = rec->type == REC_COMPRESSED ?
	    packed_entries(rec, count) : plain_entries(rec, count);
	uint32_t i;

	for (i = 0; pfn != NULL && i < *count; i++)
		pfn[i] &= PFN_MASK;
	return pfn;
}
