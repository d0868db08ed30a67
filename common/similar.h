/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * similar.h - finds, for a page, an equal one in a window, or the last one of
 * the same pfn.
 *
 * What is found does not depend on chance: equal streams find equal pages.
 * One thread at a time.
 */
#ifndef SIMILAR_H
#define SIMILAR_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "window.h"

struct similar;

/*
 * similar_new(w, f): finds pages in w, which has to stay.  NULL with
 * EXIT_SYSTEM.
 */
struct similar *similar_new(const struct window *w, struct fault *f);
void similar_free(struct similar *s);

/*
 * similar_hash(s, page): the hash of PAGE_SIZE bytes for the functions below,
 * made with a secret, so that nobody can choose pages of equal ones.  Any
 * thread, beside the others.
 */
uint64_t similar_hash(const struct similar *s, const uint8_t *page);

/*
 * similar_equal(s, hash, page, number): the latest page of the window with
 * the same bytes, all of them compared.  False when there is none.
 */
bool similar_equal(const struct similar *s, uint64_t hash,
    const uint8_t *page, uint64_t *number);

/*
 * similar_last(s, pfn, number): the last page of that pfn that similar_note
 * was told of, if the window still holds it; it may also be forgotten.
 */
bool similar_last(const struct similar *s, uint64_t pfn, uint64_t *number);

/*
 * similar_add(s, number, hash): the page with that number, the window's last,
 * is to be found.
 */
void similar_add(struct similar *s, uint64_t number, uint64_t hash);

/* similar_note(s, pfn, number): that pfn has now this page of the window. */
void similar_note(struct similar *s, uint64_t pfn, uint64_t number);

#endif
