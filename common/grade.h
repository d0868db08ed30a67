/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * grade.h - how well a page will shrink, guessed from a sample of it.
 */
#ifndef GRADE_H
#define GRADE_H

#include <stdint.h>

#include "index.h"

/*
 * grade(page, limit): the class for PAGE_SIZE bytes that are packed or
 * stored: of CLASS_PACKED and those behind it, that of pages which are alike,
 * or CLASS_STORED for one whose sample has `limit` different bytes or more.
 */
enum page_class grade(const uint8_t *page, unsigned limit);

/* grade_limit(level): a limit that suits a level of zstd's: the faster, the
 * more is stored. */
unsigned grade_limit(int level);

#endif
