/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * manifest.h - what a sealed container says without any key: rec-encrypt -l.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdbool.h>
#include <stdio.h>

#include "fault.h"

/*
 * manifest_print(in, out, json, f): reads the container on the descriptor, and
 * prints its cipher, its recipients' kinds, its chunks and their size.
 * Nothing of it is verified.  0, or -1 as stream_next, seal_look and age_list,
 * and EXIT_REFUSED for a stream that is no container; of one that is cut what
 * there is, is printed.
 */
int manifest_print(int in, FILE *out, bool json, struct fault *f);

#endif
