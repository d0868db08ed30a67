/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * changes.h - pages as the words that changed since an earlier copy
 * (xenrec.5, Pages): a map of 64 bytes for each page, then the words of all.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include <stddef.h>
#include <stdint.h>

/*
 * changes_count(page, before): how many of the CHANGES_WORDS words of two
 * pages differ.
 */
unsigned changes_count(const uint8_t *page, const uint8_t *before);

/*
 * changes_put(page, before, map, words): writes the map, and the changed
 * words to `words`, which has PAGE_SIZE bytes.  Returns the bytes of these.
 */
size_t changes_put(const uint8_t *page, const uint8_t *before, uint8_t *map,
    uint8_t *words);

/* changes_size(map): bytes of the changed words. */
size_t changes_size(const uint8_t *map);

/*
 * changes_take(page, before, map, words): makes the page of what it was
 * before, which may lie elsewhere only, and of changes_size(map) bytes.
 */
void changes_take(uint8_t *page, const uint8_t *before, const uint8_t *map,
    const uint8_t *words);

#endif
