/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "ours.h"

void
ours_put(uint8_t *body, unsigned flags)
{
	put_le16(body, OUR_VERSION);
	put_le16(body + OUR_FLAGS_OFFSET, (uint16_t)flags);
	memcpy(body + OUR_MAGIC_OFFSET, OUR_MAGIC, 4);
}

unsigned
ours_flags(const struct record *rec)
{
	return get_le16(rec->body + OUR_FLAGS_OFFSET);
}

int
ours_check(const struct record *rec, unsigned flags, struct fault *f)
{
	if (get_le16(rec->body) == OUR_VERSION &&
	    (ours_flags(rec) & ~flags) == 0)
		return 0;
	return record_fault(f, EXIT_REFUSED, rec,
	    "version %u with flags 0x%04x, known is version %u",
	    get_le16(rec->body), ours_flags(rec), OUR_VERSION);
}
