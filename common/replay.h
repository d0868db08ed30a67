/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay.h - a stored image as a stream again, with pages in the batches that
 * Xen's own sender makes of a guest that stands still: the stream of such a
 * guest comes back bit for bit.
 *
 *     head | pages, 1024 pfns each | types that came last | tail
 *
 * Restored, it is the guest that the stream was which was stored.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include "fault.h"
#include "io.h"
#include "newfile.h"
#include "stored.h"

#define REPLAY_BATCH	1024u	/* pfns of a record; Xen's MAX_BATCH_SIZE */

/*
 * replay_run(s, out, f): writes the stream; END only when everything before it
 * was found whole.  Memory for one batch.  0, or -1 as stored.h says, or with
 * EXIT_SYSTEM when it cannot be written.
 */
int replay_run(struct stored *s, struct sink *out, struct fault *f);

/*
 * replay_file(path, file, f): the stored image at path to stdout, which is
 * closed, or to *file, which is published.  -1 also as stored_open and
 * newfile_publish.
 */
int replay_file(const char *path, struct newfile *file, struct fault *f);

#endif
