/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - parts of a set that was replaced by a smaller one.
 */
#ifndef LEFTOVERS_H
#define LEFTOVERS_H

#include <stdint.h>

#include "format.h"

/*
 * leftovers_remove(prefix, last, set): removes the files PREFIX000.rec and on
 * that are parts of that set and whose number is above `last`.  What cannot be
 * read, or removed, stays.
 */
void leftovers_remove(const char *prefix, uint32_t last,
    const uint8_t set[PART_SET_SIZE]);

#endif
