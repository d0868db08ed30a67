/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dump.h - bytes in hex, for people.
 */
#ifndef DUMP_H
#define DUMP_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * dump_hex(out, bytes, size): lines of 16 bytes as `hexdump -C` writes them:
 * offset, hex, text; of equal lines that follow each other the first, and a
 * "*"; then the size.
 */
void dump_hex(FILE *out, const uint8_t *bytes, size_t size);

#endif
