/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * layout.h - where the records of a stream are, as far as it can be followed:
 * for the mutator, which is given streams that are wrong.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#define LAYOUT_MAX	512u	/* pieces */

enum piece_kind {
	PIECE_OTHER,		/* bytes that are no record */
	PIECE_HEADERS,		/* of an image */
	PIECE_RECORD,		/* of an image */
	PIECE_LIBXL		/* a record of libxl's */
};

/* Of a record: its header, and its body with padding. */
struct piece {
	enum piece_kind kind;
	const uint8_t *at;
	size_t size;
};

/*
 * layout_of(bytes, size, pieces): the pieces of the input, all of it, one
 * behind the other; returns how many, 0 for an empty input.  The last one has
 * what could not be followed.
 */
size_t layout_of(const uint8_t *bytes, size_t size,
    struct piece pieces[LAYOUT_MAX]);

#endif
