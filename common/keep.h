/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keep.h - xc-absorb --image: the stream on stdin to a stored image.  No Xen.
 */
#ifndef KEEP_H
#define KEEP_H

#include <stdbool.h>

#include "absorb.h"
#include "fault.h"

/*
 * keep_run(a, path, replace, f): reads the stream, checks it as for a
 * restore, stores it at path, and prints what was stored on stdout, a line of
 * JSON (xenrec.5), which is closed.  Of *a it uses tool, threads, silence and
 * max_pfn.
 * 0, or -1 as opener_run and store.h say; then nothing is at path but what was
 * there, unless the text says so.
 */
int keep_run(const struct absorb *a, const char *path, bool replace,
    struct fault *f);

#endif
