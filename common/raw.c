/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "raw.h"

int
raw_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f)
{
	struct stored *s = &m->stored;
	uint8_t bytes[PAGE_SIZE];
	struct stored_entry e;
	uint64_t pfn, next = 0;
	int more;

	(void)c;
	for (pfn = 0; (more = stored_next(s, pfn, &e, f)) == 1;
	    pfn = e.pfn + 1) {
		if (!page_has_data(e.type))
			continue;
		if (stored_read(s, &e, 1, bytes, f) == -1 ||
		    sparse_skip(out, (e.pfn - next) * PAGE_SIZE, f) == -1 ||
		    sparse_page(out, bytes, f) == -1)
			return -1;
		next = e.pfn + 1;
	}
	return more;
}
