/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "changes.h"
#include "crc.h"
#include "format.h"
#include "pages.h"
#include "unpack.h"

/* Takes the changes of one page: its map, and its words at *words. */
static bool
change(struct unpack *u, uint32_t i, const uint8_t *before,
    const uint8_t *map, const uint8_t **words)
{
	if (before != NULL)
		changes_take(u->own[i], before, map, *words);
	*words += changes_size(map);
	return before != NULL;
}

static uint64_t
pfn_of_page(const struct unpack *u, uint32_t i)
{
	uint32_t n, page = 0;

	for (n = 0; n < u->index.count; n++)
		if (page_entry_has_data(u->index.entry[n]) && page++ == i)
			break;
	return u->index.entry[n] & PFN_MASK;
}

/* A page of the window for page i.  0, or -1 when there never was one. */
static int
look_up(const struct unpack *u, const struct window *w,
    const struct record *rec, uint32_t i, const uint8_t **page,
    struct fault *f)
{
	if (!window_holds(w, u->index.number[i]))
		return record_fault(f, EXIT_MALFORMED, rec, "pfn 0x%" PRIx64
		    " is like page %" PRId64 ", which is not in the window",
		    pfn_of_page(u, i), (int64_t)u->index.number[i]);
	*page = window_page(w, u->index.number[i]);
	return 0;
}

int
unpack_join(struct unpack *u, struct unpacker *shared,
    const struct record *rec, struct fault *f)
{
	struct window *w = shared->window;
	const uint8_t *map = u->scratch.body, *from = NULL;
	const uint8_t *words = map + CHANGES_MAP_SIZE * (size_t)u->changed;
	uint32_t i;
	unsigned class;

	if (window_next(w) < u->first)
		window_skip(w, u->first);
	for (i = 0; i < u->index.full; i++) {
		class = u->index.class[i];
		u->page[i] = class >= CLASS_CHANGED ? u->own[i] : NULL;
		if (class == CLASS_SAME || class == CLASS_CHANGED) {
			if (look_up(u, w, rec, i, &from, f) == -1)
				return -1;
			if (class == CLASS_SAME)
				u->page[i] = from;
			else if (!change(u, i, from, map, &words))
				u->page[i] = NULL;
			if (u->page[i] == NULL)
				u->lost[u->losses++] = pfn_of_page(u, i);
		}
		if (class == CLASS_CHANGED)
			map += CHANGES_MAP_SIZE;
		if (class >= CLASS_CHANGED)
			window_add(w, u->page[i]);
	}
	return 0;
}

static bool
is_lost(const struct unpack *u, uint32_t i)
{
	return u->page[i] == NULL && (u->index.class[i] == CLASS_SAME ||
	    u->index.class[i] == CLASS_CHANGED);
}

/* The list of pfns, without those whose pages are lost.  Returns its end. */
static uint8_t *
put_list(const struct unpack *u, const struct record *rec, uint8_t *body)
{
	uint8_t *to = body + PAGE_DATA_HEADER_SIZE;
	uint32_t n, i = 0;

	memcpy(body, rec->body + COMPRESSED_HEADER_SIZE +
	    PACKED_COUNT_OFFSET, PAGE_DATA_HEADER_SIZE);
	put_le32(body, u->index.count - u->losses);
	for (n = 0; n < u->index.count; n++) {
		if (u->losses > 0 && page_entry_has_data(u->index.entry[n]) &&
		    is_lost(u, i++))
			continue;
		put_le64(to, u->index.entry[n]);
		to += 8;
	}
	return to;
}

static void
put_page(const struct unpack *u, uint32_t i, uint8_t *to)
{
	unsigned n;

	if (u->page[i] != NULL) {
		memcpy(to, u->page[i], PAGE_SIZE);
	} else if (u->index.class[i] == CLASS_ZERO) {
		memset(to, 0, PAGE_SIZE);
	} else {
		for (n = 0; n < PAGE_SIZE; n += 8)
			put_le64(to + n, u->index.word[i]);
	}
}

int
unpack_finish(const struct unpack *u, const struct record *rec,
    struct record *to, uint32_t *crc, struct fault *f)
{
	uint32_t length = get_le32(rec->body + COMPRESSED_LENGTH_OFFSET);
	uint8_t *at;
	uint32_t i;

	if (record_reserve(to, length, f) == -1)
		return -1;
	at = put_list(u, rec, to->body);
	*crc = crc_add(CRC_START, rec->body + COMPRESSED_TYPE_OFFSET,
	    RECORD_HEADER_SIZE);
	*crc = crc_add(*crc, to->body, (size_t)(at - to->body));
	for (i = 0; i < u->index.full; i++) {
		if (is_lost(u, i))
			continue;
		put_page(u, i, at);
		*crc = crc_add(*crc, at, PAGE_SIZE);
		at += PAGE_SIZE;
	}
	to->length = (uint32_t)(at - to->body);
	return 0;
}

void
unpack_count(const struct unpack *u, const struct record *rec,
    struct counts *c)
{
	const uint8_t *sizes = rec->body + COMPRESSED_HEADER_SIZE +
	    PACKED_PARTS_OFFSET;
	uint32_t i;

	c->page_records++;
	c->page_bytes += RECORD_HEADER_SIZE + record_size(get_le32(rec->body +
	    COMPRESSED_LENGTH_OFFSET));
	c->page_packed += RECORD_HEADER_SIZE + rec->size;
	c->absent += u->index.count - u->index.full;
	for (i = 0; i < u->index.full; i++)
		c->pages[u->index.class[i]]++;
	c->index += get_le32(sizes);
	c->frames += get_le32(sizes + 8);
	c->changes += get_le32(sizes + 16);
	c->stored += PAGE_SIZE * (uint64_t)u->stored;
}
