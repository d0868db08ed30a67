/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"

/* What does not concern the way around it is for the next reader to judge. */
static int
take_headers(struct legacy *l, uint8_t headers[IMAGE_HEADERS_SIZE],
    struct fault *f)
{
	uint32_t version, type;

	legacy_part(l, "image");
	if (legacy_take(l, headers, IMAGE_HEADERS_SIZE, f) == -1)
		return -1;
	if (memcmp(headers, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
		return legacy_fault(l, f, EXIT_MALFORMED,
		    "no image of Xen 4.6 or later begins there");
	version = get_be32(headers + IMAGE_VERSION_OFFSET);
	if (version < IMAGE_VERSION_MIN || version > IMAGE_VERSION_MAX)
		return legacy_fault(l, f, EXIT_REFUSED, "version %" PRIu32
		    ", known are %u and %u", version, IMAGE_VERSION_MIN,
		    IMAGE_VERSION_MAX);
	type = get_le32(headers + DOMAIN_TYPE_OFFSET);
	if (type != DOMAIN_PV && type != DOMAIN_HVM)
		return legacy_fault(l, f, EXIT_REFUSED, "domain type %" PRIu32
		    " is not known", type);
	l->pv = type == DOMAIN_PV;
	return 0;
}

/* A record, with its padding, or END, which is not written.  1 for one more,
 * 0 for END. */
static int
copy_record(struct legacy *l, struct fault *f)
{
	uint8_t header[RECORD_HEADER_SIZE];
	uint32_t type, length;
	size_t size;

	legacy_part(l, "image's record");
	if (legacy_take(l, header, sizeof(header), f) == -1)
		return -1;
	type = get_le32(header);
	length = get_le32(header + 4);
	if (length > RECORD_LENGTH_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED, "length %" PRIu32
		    ", the limit is %u", length, RECORD_LENGTH_MAX);
	if (type == REC_CHECKPOINT)
		return legacy_fault(l, f, EXIT_REFUSED, "a checkpoint, which "
		    "XAPI has none of");
	if (type == REC_END)
		return length == 0 ? 0 : legacy_fault(l, f, EXIT_MALFORMED,
		    "END with a body of %" PRIu32 " bytes", length);
	size = record_size(length);
	if (legacy_take_body(l, &l->rec, 0, size, f) == -1 ||
	    sink_put(&l->out, header, sizeof(header), f) == -1)
		return -1;
	return size > 0 && sink_put(&l->out, l->rec.body, size, f) == -1 ?
	    -1 : 1;
}

int
legacy_image(struct legacy *l, struct fault *f)
{
	uint8_t headers[IMAGE_HEADERS_SIZE];
	int more;

	if (take_headers(l, headers, f) == -1 ||
	    legacy_put_outer(l, 0, f) == -1 ||
	    sink_put(&l->out, headers, sizeof(headers), f) == -1)
		return -1;
	while ((more = copy_record(l, f)) == 1)
		;
	return more;
}
