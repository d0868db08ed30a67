/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture.h - a guest's memory as a picture: rec-ls --map.
 */
#ifndef PICTURE_H
#define PICTURE_H

#include "fault.h"
#include "report.h"

#define PICTURE_CELLS	(1u << 18)

/*
 * picture_write(r, fd, path, f): into fd, open at path, which it closes: an HTML page that needs nothing else, with a
 * cell for each page, or for each run of 2^n pages, n 9 or more, when there
 * are more pages than PICTURE_CELLS; where there is memory; a legend, and
 * numbers.  A cell is what most of its pages are.
 * 0, or -1 with EXIT_SYSTEM.
 */
int picture_write(const struct report *r, int fd, const char *path,
    struct fault *f);

#endif
