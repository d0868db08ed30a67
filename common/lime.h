/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lime.h - a guest's memory as LiME writes that of a machine, for Volatility.
 *
 * Source: src/lime.h and doc/README.md of github.com/504ensicsLabs/LiME.
 */
#ifndef LIME_H
#define LIME_H

#include "convert.h"

/*
 * file := range*; there is nothing behind the last.
 * range, little-endian
 *   0  4  magic
 *   4  4  version   1
 *   8  8  start     address of its first byte
 *  16  8  end       and of its last
 *  24  8  reserved  0
 *  32     its bytes
 */
#define LIME_MAGIC		UINT32_C(0x4c694d45)
#define LIME_VERSION		1u
#define LIME_VERSION_OFFSET	4u
#define LIME_START_OFFSET	8u
#define LIME_END_OFFSET		16u
#define LIME_HEADER_SIZE	32u

/* lime_knows(bytes, size): a form's knows (convert.h). */
bool lime_knows(const uint8_t *bytes, size_t size);

/*
 * lime_write(c, m, out, f): a form's write_memory.  -1 as memory_run.h and
 * sparse.h.
 */
int lime_write(const struct convert *c, struct memory *m, struct sparse *out,
    struct fault *f);

/*
 * lime_read(c, out, f): a form's read.  What is missing of a page is zeroes.
 * -1 with EXIT_SYSTEM, EXIT_MALFORMED (cut within a range, or no range), or
 * EXIT_REFUSED (another version; ranges that are not in order, or share a
 * page).
 */
int lime_read(const struct convert *c, int out, struct fault *f);

#endif
