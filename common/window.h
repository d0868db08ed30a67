/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window.h - the pages of a stream that came last, by number, for records
 * that refer to them (xenrec.5, Pages).
 *
 *     numbers    .. |  window pages back  | next ..
 *     memory     [ pages | pages | pages of records under way | .. ]
 *
 * Packing and unpacking go through the same numbers.  Memory is taken when
 * pages come, not before.
 *
 * window_room may run beside all others, in one thread at a time; of the
 * others only one runs at a time.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

#define WINDOW_MAX	(UINT32_C(4) << 20)	/* pages: 16 GiB */

struct window;

/*
 * window_new(pages, records, f): pages: how far back a page may be; records
 * of PACKED_PAGES_MAX pages at most may be under way at the same time.  NULL
 * with EXIT_SYSTEM.
 */
struct window *window_new(uint32_t pages, unsigned records,
    struct fault *f);
void window_free(struct window *w);

/*
 * window_room(w, count): memory for `count` pages, up to PACKED_PAGES_MAX,
 * one behind the other.  It stays theirs until window pages have come since,
 * and all records that were under way then are done.
 */
uint8_t *window_room(struct window *w, uint32_t count);

/* window_pages(w): how far back a page may be. */
uint32_t window_pages(const struct window *w);

/* window_next(w): the number of the page that comes next. */
uint64_t window_next(const struct window *w);

/* window_skip(w, number): pages up to this number are lost. */
void window_skip(struct window *w, uint64_t number);

/*
 * window_add(w, page): the next page, PAGE_SIZE bytes in memory from
 * window_room, or NULL for one that is lost.  Returns its number.
 */
uint64_t window_add(struct window *w, const uint8_t *page);

/* window_move(w, number, page): the page that was just added is there now. */
void window_move(struct window *w, uint64_t number, const uint8_t *page);

/* window_holds(w, number): whether it came and is not too far back, be it
 * lost or not. */
bool window_holds(const struct window *w, uint64_t number);

/* window_page(w, number): a page that the window holds; NULL for a lost
 * one. */
const uint8_t *window_page(const struct window *w, uint64_t number);

#endif
