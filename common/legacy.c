/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "format.h"
#include "legacy.h"
#include "legacy_stream.h"
#include "stream.h"

/* Each body has its own of these. */
static void
begin_body(struct legacy *l)
{
	l->param_count = 0;
	l->physmap.length = 0;
	if (l->has_qemu)
		close(l->qemu.fd);
	l->has_qemu = false;
}

/* What ends an image, and the stream around it. */
static int
put_end(struct legacy *l, uint32_t type, uint32_t libxl, struct fault *f)
{
	if (legacy_put(l, type, 0, f) == -1 ||
	    legacy_put_emulator(l, f) == -1)
		return -1;
	return l->nested ? legacy_put(l, libxl, 0, f) : 0;
}

/*
 * A body and all behind it.  Only what comes next tells a stream that ends
 * from one that has checkpoints, so what ends both is written last.  1 for one
 * more, 0 at the end.
 */
static int
checkpoint(struct legacy *l, struct fault *f)
{
	int more;

	begin_body(l);
	if (legacy_body(l, f) == -1 || legacy_tail(l, f) == -1 ||
	    (more = legacy_behind(l, f)) == -1)
		return -1;
	if (more == 0 && l->checkpoints == 0 && !l->will_compress)
		return put_end(l, REC_END, LIBXL_END, f);
	if (put_end(l, REC_CHECKPOINT, LIBXL_CHECKPOINT_END, f) == -1)
		return -1;
	l->checkpoints++;
	return more;
}

static int
convert_image(struct legacy *l, struct fault *f)
{
	if (legacy_image(l, f) == -1 || legacy_behind(l, f) == -1)
		return -1;
	return put_end(l, REC_END, LIBXL_END, f);
}

static int
convert(struct legacy *l, struct fault *f)
{
	int more;

	if (legacy_envelope(l, f) == -1)
		return -1;
	if (l->newer)
		return convert_image(l, f);
	if (legacy_head(l, f) == -1)
		return -1;
	do {
		more = checkpoint(l, f);
		if (more == 1 && l->will_compress && l->remus == NULL &&
		    legacy_remus_new(l, f) == -1)
			return -1;
	} while (more == 1);
	if (more == 0 || !l->cut || l->checkpoints == 0)
		return more;
	legacy_tell(l, "the input ends at byte %" PRIu64 ", in a checkpoint: "
	    "that is left out, %" PRIu64 " are complete", legacy_at(l),
	    l->checkpoints);
	return 0;
}

int
legacy_read(const struct convert *c, int out, struct fault *f)
{
	struct legacy *l = calloc(1, sizeof(*l));
	int result;

	if (l == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	l->c = c;
	sink_open(&l->out, out);
	result = source_open(&l->in, c->in, f) == -1 || convert(l, f) == -1 ?
	    -1 : sink_close(&l->out, f);
	begin_body(l);
	source_close(&l->in);
	record_free(&l->rec);
	record_free(&l->physmap);
	legacy_remus_free(l->remus);
	free(l);
	return result;
}
