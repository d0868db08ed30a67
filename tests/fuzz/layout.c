/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "layout.h"
#include "record.h"

struct layout {
	struct piece *pieces;
	size_t count;
	const uint8_t *at, *end;
	bool nested;		/* a libxl header came */
	enum { AT_START, AT_RECORD, AT_LIBXL } next;
};

static size_t
left(const struct layout *l)
{
	return (size_t)(l->end - l->at);
}

static void
take(struct layout *l, enum piece_kind kind, size_t size)
{
	if (size > left(l))
		size = left(l);
	if (size == 0)
		return;
	l->pieces[l->count++] = (struct piece){ kind, l->at, size };
	l->at += size;
}

static bool
begins(const uint8_t *at, size_t size, const char *magic, size_t length)
{
	return size >= length && memcmp(at, magic, length) == 0;
}

/* Bytes up to where an image or libxl's header begins; false if none does. */
static bool
find_start(struct layout *l)
{
	size_t n;

	for (n = 0; n < left(l); n++) {
		if (begins(l->at + n, left(l) - n, IMAGE_MAGIC,
		    IMAGE_MAGIC_SIZE)) {
			take(l, PIECE_OTHER, n);
			take(l, PIECE_HEADERS, IMAGE_HEADERS_SIZE);
			l->next = AT_RECORD;
			return true;
		}
		if (begins(l->at + n, left(l) - n, LIBXL_MAGIC,
		    LIBXL_MAGIC_SIZE)) {
			take(l, PIECE_OTHER, n);
			take(l, PIECE_OTHER, LIBXL_HEADER_SIZE);
			l->nested = true;
			l->next = AT_LIBXL;
			return true;
		}
	}
	return false;
}

/* One record; false if it is not there whole. */
static bool
follow(struct layout *l)
{
	bool libxl = l->next == AT_LIBXL;
	uint32_t type;
	size_t size;

	if (left(l) < RECORD_HEADER_SIZE)
		return false;
	type = get_le32(l->at);
	size = RECORD_HEADER_SIZE + record_size(get_le32(l->at + 4));
	if (size > left(l))
		return false;
	take(l, libxl ? PIECE_LIBXL : PIECE_RECORD, size);
	if (libxl && type == LIBXL_LIBXC_CONTEXT)
		l->next = AT_START;
	else if (libxl && type == LIBXL_CHECKPOINT_END)
		l->next = AT_RECORD;
	else if (!libxl && type == REC_END)
		l->next = l->nested ? AT_LIBXL : AT_START;
	else if (!libxl && type == REC_CHECKPOINT && l->nested)
		l->next = AT_LIBXL;
	return true;
}

size_t
layout_of(const uint8_t *bytes, size_t size, struct piece pieces[LAYOUT_MAX])
{
	struct layout l = {
		.pieces = pieces, .at = bytes, .end = bytes + size,
	};

	/* A start takes two, and what is left over one. */
	while (left(&l) > 0 && l.count < LAYOUT_MAX - 3)
		if (l.next == AT_START ? !find_start(&l) : !follow(&l))
			break;
	take(&l, PIECE_OTHER, left(&l));
	return l.count;
}
