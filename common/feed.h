/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * feed.h - the far end of a lane: bytes to a socket and back, whatever they
 * are.
 */
#ifndef FEED_H
#define FEED_H

#include "fault.h"

#define FEED_WAIT_MS	10000u	/* for the socket to appear */

/*
 * feed_run(path, in, out, f): what comes on in goes to the collector at that
 * socket, and what it answers to out, until it closes; it sees the end of in.
 * 0, whoever ended it, or -1 as door_enter and source_open.
 */
int feed_run(const char *path, int in, int out, struct fault *f);

#endif
