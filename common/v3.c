/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "layers.h"
#include "stream.h"
#include "v3.h"

int
v3_write(const struct convert *c, int in, struct sink *out, struct fault *f)
{
	struct record rec = { .body = NULL };
	struct stream s;
	int more;

	(void)c;
	if (stream_open(&s, in, f) == -1)
		return -1;
	while ((more = stream_next(&s, &rec, f)) == 1)
		if ((rec.part == PART_RECORD && layers_refuse(&rec, f) == -1)
		    || stream_write(out, &rec, f) == -1) {
			more = -1;
			break;
		}
	stream_close(&s);
	record_free(&rec);
	return more;
}
