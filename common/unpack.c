/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "changes.h"
#include "crc.h"
#include "format.h"
#include "pages.h"
#include "unpack.h"

/* One of the parts that may be packed. */
struct section {
	uint64_t offset;	/* from the payload's start */
	uint32_t length, size;
};

enum { INDEX, PACKED, CHANGES, PARTS };

int
unpack_new(struct unpack *u)
{
	u->index.entry = calloc(PACKED_COUNT_MAX, sizeof(uint64_t));
	return u->index.entry == NULL ? -1 : 0;
}

void
unpack_free(struct unpack *u)
{
	record_free(&u->scratch);
	free(u->index.entry);
}

static const uint8_t *
payload(const struct record *rec)
{
	return rec->body + COMPRESSED_HEADER_SIZE;
}

static uint32_t
payload_size(const struct record *rec)
{
	return rec->length - COMPRESSED_HEADER_SIZE;
}

/* The parts of a payload: where they are, and what is behind them. */
static uint64_t
find_parts(const struct record *rec, struct section *part)
{
	const uint8_t *sizes = payload(rec) + PACKED_PARTS_OFFSET;
	uint64_t offset = PACKED_HEADER_SIZE;
	unsigned i;

	for (i = 0; i < PARTS; i++, sizes += 8) {
		part[i].offset = offset;
		part[i].length = get_le32(sizes);
		part[i].size = get_le32(sizes + 4);
		offset += part[i].length;
	}
	return offset;
}

static int
check_payload(const struct record *rec, struct fault *f)
{
	if (get_le16(rec->body + OUR_FLAGS_OFFSET) & COMPRESSED_ZSTD)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "packed as a zstd frame and as pages at once");
	if (get_le32(rec->body + COMPRESSED_TYPE_OFFSET) != REC_PAGE_DATA)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "pages of a record that is not PAGE_DATA");
	if (payload_size(rec) < PACKED_HEADER_SIZE)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "pages in %" PRIu32 " bytes, their header takes %u",
		    payload_size(rec), PACKED_HEADER_SIZE);
	if (crc_add(crc_add(CRC_START, rec->body + COMPRESSED_TYPE_OFFSET,
	    RECORD_HEADER_SIZE), payload(rec), payload_size(rec)) !=
	    get_le32(rec->body + COMPRESSED_PACKED_CRC_OFFSET))
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "damaged: its payload is not what was written");
	return 0;
}

static unsigned
mib(uint32_t pages)
{
	return (unsigned)(((uint64_t)pages + 255) / 256);
}

/* The window of the stream: made at its first record. */
static int
take_window(struct unpacker *shared, const struct record *rec,
    struct fault *f)
{
	uint32_t pages = get_le32(payload(rec) + PACKED_WINDOW_OFFSET);

	if (pages > shared->memory) {
		record_fault(f, EXIT_REFUSED, rec, "takes a window of %u "
		    "MiB, the limit is %u MiB", mib(pages),
		    mib(shared->memory));
		if (pages <= WINDOW_MAX)
			fault_hint(f, "-M %uM lets it take as much",
			    mib(pages));
		return -1;
	}
	if (shared->window != NULL && window_pages(shared->window) != pages)
		return record_fault(f, EXIT_MALFORMED, rec, "a window of %"
		    PRIu32 " pages, it was %" PRIu32 " before", pages,
		    window_pages(shared->window));
	if (shared->window == NULL && (shared->window = window_new(pages,
	    shared->records, f)) == NULL)
		return -1;
	return 0;
}

static int
check_number(struct unpack *u, const struct unpacker *shared,
    const struct record *rec, struct fault *f)
{
	uint64_t expected = shared->expected;

	u->first = get_le64(payload(rec));
	u->missing = u->first - expected;
	if (u->first < expected)
		return record_fault(f, EXIT_INTEGRITY, rec, "pages of the "
		    "window from %" PRIu64 " on come again, %" PRIu64
		    " is next: a record is repeated or out of order",
		    u->first, expected);
	if (u->missing > 0 && !shared->salvage)
		return record_fault(f, EXIT_INTEGRITY, rec, "pages %" PRIu64
		    " to %" PRIu64 " of the window are missing: a record "
		    "before is lost", expected, u->first - 1);
	if (u->first > UINT64_MAX - PACKED_PAGES_MAX)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "no window has so many pages: %" PRIu64, u->first);
	return 0;
}

/* Whether all sizes are in bounds, and fit each other; sets the counts. */
static bool
sizes_fit(struct unpack *u, const struct record *rec)
{
	const uint8_t *head = payload(rec);
	uint64_t length = get_le32(rec->body + COMPRESSED_LENGTH_OFFSET);
	uint64_t list, full, rest;
	struct section part[PARTS] = { { 0 } };
	unsigned i;

	u->index.count = get_le32(head + PACKED_COUNT_OFFSET);
	u->added = get_le32(head + PACKED_ADDED_OFFSET);
	list = PAGE_DATA_HEADER_SIZE + 8 * (uint64_t)u->index.count;
	if (u->index.count == 0 || u->index.count > PACKED_COUNT_MAX ||
	    length < list || (length - list) % PAGE_SIZE != 0)
		return false;
	full = (length - list) / PAGE_SIZE;
	rest = payload_size(rec) - find_parts(rec, part);
	if (full > PACKED_PAGES_MAX || u->added > full ||
	    rest > payload_size(rec) || rest % PAGE_SIZE != 0)
		return false;
	for (i = 0; i < PARTS; i++)
		if (part[i].length > part[i].size)
			return false;
	if (part[INDEX].size > PACKED_INDEX_FACTOR * u->index.count ||
	    part[PACKED].size % PAGE_SIZE != 0 ||
	    part[PACKED].size / PAGE_SIZE + rest / PAGE_SIZE > u->added)
		return false;
	u->index.full = (uint32_t)full;
	u->packed = part[PACKED].size / PAGE_SIZE;
	u->stored = (uint32_t)(rest / PAGE_SIZE);
	u->changed = u->added - u->packed - u->stored;
	rest = part[CHANGES].size;
	return rest % 8 == 0 &&
	    rest >= CHANGES_MAP_SIZE * (uint64_t)u->changed &&
	    rest <= (CHANGES_MAP_SIZE + PAGE_SIZE) * (uint64_t)u->changed;
}

int
unpack_first(struct unpack *u, struct unpacker *shared,
    const struct record *rec, struct fault *f)
{
	u->losses = 0;
	u->missing = 0;
	if (check_payload(rec, f) == -1 ||
	    take_window(shared, rec, f) == -1 ||
	    check_number(u, shared, rec, f) == -1)
		return -1;
	if (!sizes_fit(u, rec))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "sizes that do not fit");
	shared->expected = u->first + u->added;
	u->room = window_room(shared->window, u->added);
	return 0;
}

/* The bytes of a part.  0 or -1. */
static int
open_part(const struct section *p, struct squeeze *z,
    const struct record *rec, uint8_t *to)
{
	const uint8_t *at = payload(rec) + p->offset;

	if (p->length != p->size)
		return squeeze_undo(z, to, p->size, at, p->length);
	if (p->size > 0)
		memcpy(to, at, p->size);
	return 0;
}

/* Gives each added page of a class its room, from *to on. */
static uint32_t
give_room(struct unpack *u, unsigned class, uint8_t **to)
{
	uint32_t i, count = 0;

	for (i = 0; i < u->index.full; i++)
		if (u->index.class[i] == class) {
			u->own[i] = *to;
			*to += PAGE_SIZE;
			count++;
		}
	return count;
}

/* Whether the index has as many pages of each class as there are. */
static bool
classes_fit(struct unpack *u, uint32_t full)
{
	uint8_t *to = u->room;
	uint32_t packed = 0, i, zero = 0;
	unsigned class;

	for (i = 0; i < u->index.full && u->index.full == full; i++)
		zero += u->index.class[i] < CLASS_CHANGED;
	/* So places are given out for what there is room for only. */
	if (u->index.full != full || full - zero != u->added)
		return false;
	for (class = CLASS_PACKED; class < CLASSES; class++)
		packed += give_room(u, class, &to);
	return packed == u->packed &&
	    give_room(u, CLASS_STORED, &to) == u->stored &&
	    give_room(u, CLASS_CHANGED, &to) == u->changed;
}

/* Whether the changes are as long as their maps say. */
static bool
changes_fit(const struct unpack *u, const struct section *p)
{
	size_t size = CHANGES_MAP_SIZE * (size_t)u->changed;
	uint32_t i;

	for (i = 0; i < u->changed; i++)
		size += changes_size(u->scratch.body +
		    CHANGES_MAP_SIZE * (size_t)i);
	return size == p->size;
}

static int
open_index(struct unpack *u, struct squeeze *z, const struct record *rec,
    const struct section *p, struct fault *f)
{
	uint32_t full = u->index.full;

	if (record_reserve(&u->scratch, p->size, f) == -1)
		return -1;
	if (open_part(p, z, rec, u->scratch.body) == -1 ||
	    index_get(&u->index, u->first, u->scratch.body, p->size) == -1 ||
	    !classes_fit(u, full))
		return record_fault(f, EXIT_MALFORMED, rec, "damaged index");
	return 0;
}

int
unpack_open(struct unpack *u, struct squeeze *z, const struct record *rec,
    struct fault *f)
{
	struct section part[PARTS];
	uint64_t end = find_parts(rec, part);

	if (open_index(u, z, rec, &part[INDEX], f) == -1)
		return -1;
	if (open_part(&part[PACKED], z, rec, u->room) == -1)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged zstd frame");
	memcpy(u->room + PAGE_SIZE * (size_t)u->packed, payload(rec) + end,
	    PAGE_SIZE * (size_t)u->stored);
	if (record_reserve(&u->scratch, part[CHANGES].size, f) == -1)
		return -1;
	if (open_part(&part[CHANGES], z, rec, u->scratch.body) == -1 ||
	    !changes_fit(u, &part[CHANGES]))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "damaged changes");
	return 0;
}
