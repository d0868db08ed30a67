/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"

/* xl reads a configuration that is text too, whatever stream follows it. */
static int
take_xl(struct legacy *l, struct fault *f)
{
	uint8_t header[XL_HEADER_SIZE];
	uint32_t flags;

	legacy_part(l, "xl header");
	if (legacy_take(l, header, sizeof(header), f) == -1)
		return -1;
	if (memcmp(header, XL_MAGIC, XL_MAGIC_SIZE) != 0)
		return legacy_fault(l, f, EXIT_MALFORMED, "damaged");
	if (get_le32(header + XL_BYTEORDER_OFFSET) != XL_BYTEORDER)
		return legacy_fault(l, f, EXIT_REFUSED,
		    "of a host with another byte order");
	flags = get_le32(header + XL_FLAGS_OFFSET);
	if (flags & XL_FLAG_STREAM_V2)
		return legacy_fault(l, f, EXIT_REFUSED,
		    "before a stream of Xen 4.6 or later");
	if (flags & ~XL_FLAG_JSON)
		return legacy_fault(l, f, EXIT_REFUSED,
		    "flags 0x%" PRIx32 ", known are 1 and 2", flags);
	put_le32(header + XL_FLAGS_OFFSET, flags | XL_FLAG_STREAM_V2);
	if (sink_put(&l->out, header, sizeof(header), f) == -1)
		return -1;
	return legacy_copy(l, get_le32(header + XL_DATA_LENGTH_OFFSET),
	    &l->out, f);
}

static int
take_xend(struct legacy *l, struct fault *f)
{
	uint8_t header[XEND_MAGIC_SIZE + 4];
	uint32_t length;

	legacy_part(l, "xend header");
	if (legacy_take(l, header, sizeof(header), f) == -1)
		return -1;
	length = get_be32(header + XEND_MAGIC_SIZE);
	if (length > INT32_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "configuration of %" PRIu32 " bytes", length);
	if (length > 0)
		legacy_tell(l, "xend's configuration is left out: bytes %u to "
		    "%" PRIu32 " of the input", (unsigned)sizeof(header),
		    (uint32_t)sizeof(header) + length - 1);
	return legacy_copy(l, length, NULL, f);
}

static int
take_xapi(struct legacy *l, struct fault *f)
{
	legacy_part(l, "XAPI header");
	return legacy_copy(l, XAPI_MAGIC_SIZE, NULL, f);
}

/* To the data of the record that is the stream. */
static int
take_xapi_2(struct legacy *l, struct fault *f)
{
	uint8_t header[XAPI_HEADER_SIZE];
	uint64_t type;

	if (take_xapi(l, f) == -1)
		return -1;
	for (;;) {
		legacy_part(l, "XAPI record");
		if (legacy_take(l, header, sizeof(header), f) == -1)
			return -1;
		type = get_le64(header);
		l->newer = type == XAPI_LIBXC;
		if (l->newer || type == XAPI_LIBXC_LEGACY)
			return 0;
		if (type != XAPI_XENOPS)
			return legacy_fault(l, f, EXIT_REFUSED, "type 0x%"
			    PRIx64 " before the stream, known is 0x%x", type,
			    (unsigned)XAPI_XENOPS);
		if (legacy_copy(l, get_le64(header + 8), NULL, f) == -1)
			return -1;
	}
}

/* No magic is shorter than the shortest, XAPI's.  What is cut short in one is
 * taken for it. */
static const struct {
	enum legacy_frame frame;
	const char *magic;
	int (*take)(struct legacy *l, struct fault *f);
} frames[] = {
	{ FRAME_XL, XL_MAGIC, take_xl },
	{ FRAME_XEND, XEND_MAGIC, take_xend },
	{ FRAME_XAPI, XAPI_MAGIC, take_xapi },
	{ FRAME_XAPI_2, XAPI_2_MAGIC, take_xapi_2 },
};

int
legacy_envelope(struct legacy *l, struct fault *f)
{
	uint8_t bytes[XAPI_MAGIC_SIZE];
	size_t got, i;

	legacy_part(l, "input");
	if (legacy_some(l, bytes, sizeof(bytes), &got, f) == -1)
		return -1;
	legacy_back(l, bytes, got);
	for (i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		if (got > 0 && memcmp(bytes, frames[i].magic, got) == 0) {
			l->frame = frames[i].frame;
			return frames[i].take(l, f);
		}
	return 0;
}
