/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * measure.h - what a page of memory holds.
 */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>

/* Each takes the PAGE_SIZE bytes of a page. */

/* measure_zero(page): whether all its bytes are 0. */
bool measure_zero(const uint8_t *page);

/*
 * measure_hash(page): 64 bits; equal pages have equal ones, and others mostly
 * not: for counting, not where a guest must not cheat.
 */
uint64_t measure_hash(const uint8_t *page);

/*
 * measure_entropy(page): Shannon's, of its bytes, 0 to 8 bits, as 0 (all
 * bytes are the same) to 15 (7.5 or more: compressed, encrypted or random).
 */
unsigned measure_entropy(const uint8_t *page);

#endif
