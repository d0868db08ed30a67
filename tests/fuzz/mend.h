/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mend.h - the sums over a stream that was changed, made to fit. */
#ifndef MEND_H
#define MEND_H

#include <stddef.h>
#include <stdint.h>

/*
 * mend(bytes, size): in a stream, as layout.h follows it: what CHECKs and the
 * DIGEST say of what is before them, and the CRCs of COMPRESSED records, parts
 * and their chunks.
 */
void mend(uint8_t *bytes, size_t size);

#endif
