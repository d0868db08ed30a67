/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * v3.h - plain streams of image version 3.
 */
#ifndef V3_H
#define V3_H

#include "convert.h"

/* v3_write(c, in, out, f): a form's write (convert.h): the stream as it is. */
int v3_write(const struct convert *c, int in, struct sink *out,
    struct fault *f);

#endif
