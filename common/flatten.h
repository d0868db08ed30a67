/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flatten.h - of a checkpointed stream the guest as one checkpoint has it, as
 * a plain stream.
 *
 *     in:   pages, state, CHECKPOINT, pages, state, CHECKPOINT, pages, sta
 *     out:  pages, pages, state, END
 *
 * A checkpoint's pages come behind those of the ones before it, and so the last
 * copy of each page is that checkpoint's.  State is what follows the pages:
 * registers and devices; in a stream of libxl's the device model's too, which
 * stands behind the image in a plain one.  Each is taken from the newest
 * checkpoint that has it.
 *
 * Source: libxc-migration-stream.pandoc, "Checkpointing"; send_memory_live and
 * save in xg_sr_save.c, and handle_checkpoint in xg_sr_restore.c, in
 * tools/libs/guest of xen.git.
 */
#ifndef FLATTEN_H
#define FLATTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "upstream.h"

struct flatten {
	const char *tool;
	bool     quiet;
	int      in;		/* the stream, of any kind in format.h */
	struct upstream_pair from;	/* what writes it, or NULL */
	uint64_t wanted;	/* the number of the checkpoint, from 1; 0: the
				   newest complete one */
};

/*
 * flatten_run(how, out, f): writes the plain stream to out, and closes it; for
 * upstream_fork: how is a struct flatten.  A plain stream comes out as it is.
 * What is not known to be of a complete checkpoint yet is kept in a file in
 * spill_directory (spill.h).  Says on stderr which checkpoint it took.
 * 0, or -1 as stream_next; but a checkpointed stream may end anywhere, when
 * all processes of how->from came to their end (upstream_whole);
 * EXIT_REFUSED for one with fewer checkpoints than are wanted, or that has a
 * layer; or as spill.h says.
 */
int flatten_run(void *how, int out, struct fault *f);

#endif
