/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * v3.h - the form of streams: one of any kind in format.h, with an image of
 * version 3 or, for Xen 4.6 to 4.13, of version 2.
 *
 * An image of the right version comes out bit for bit.  Otherwise its header
 * is changed, and
 *
 *   to 3   STATIC_DATA_END is put where Xen's restorer takes it for granted in
 *          version 2: before the first P2M_FRAMES or PAGE_DATA
 *   to 2   STATIC_DATA_END and the policies are left out, which it has not
 *
 * Source: libxc-migration-stream.pandoc, "STATIC_DATA_END" and "Future
 * Extensions"; process_record in xg_sr_restore.c, in tools/libs/guest of
 * xen.git.
 */
#ifndef V3_H
#define V3_H

#include "convert.h"

/* v3_write, v2_write: a form's write; -1 also with EXIT_REFUSED for a layer. */
int v3_write(const struct convert *c, int in, struct sink *out,
    struct fault *f);
int v2_write(const struct convert *c, int in, struct sink *out,
    struct fault *f);

#endif
