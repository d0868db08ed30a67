/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explode.h - a stream as a directory of files (exploded.h).
 */
#ifndef EXPLODE_H
#define EXPLODE_H

#include "fault.h"

/*
 * explode_run(in, dir, f): reads the stream on the descriptor `in`, of any
 * kind, and makes the directory dir of it.  It has its name when the stream,
 * its END and the end of the input were seen, and everything is on the disk;
 * before, a failure leaves nothing, and neither does a stop (stop.h), for
 * which the caller has called stop_by_signals.  Holds one record at a
 * time: at most OUR_LENGTH_MAX bytes, and of stock Xen's some 6 MiB.
 * 0, or -1: as stream_next; EXIT_REFUSED when something is at dir already, or
 * when it would take more than EXPLODED_FILES_MAX files; EXIT_SYSTEM.
 */
int explode_run(int in, const char *dir, struct fault *f);

#endif
