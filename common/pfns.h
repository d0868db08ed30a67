/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pfns.h - a word for each pfn of a guest, in memory in proportion to how
 * many pfns there are and not to how high they are.
 */
#ifndef PFNS_H
#define PFNS_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

struct pfns;

/* pfns_new(): an empty table, or NULL without memory. */
struct pfns *pfns_new(void);
void pfns_free(struct pfns *t);

/* pfns_get(t, pfn): its word; 0 for one that was never put. */
uint64_t pfns_get(const struct pfns *t, uint64_t pfn);

/*
 * pfns_put(t, pfn, f): where its word is, 0 at first, for as long as the
 * table lives.  NULL with EXIT_SYSTEM without memory, or EXIT_REFUSED when
 * the pfns lie so scattered as no guest's do: words for eight pfns are taken
 * for each call, but for the first 16 MiB.
 */
uint64_t *pfns_put(struct pfns *t, uint64_t pfn, struct fault *f);

/*
 * pfns_sort(t): makes pfns_next walk in ascending order; again after a put.
 * pfns_next(t, pfn, word): the first word that is not 0 at *pfn or behind it,
 * with its pfn.  False when there is none.
 *
 *     for (pfn = 0; pfns_next(t, &pfn, &word); pfn++)
 */
void pfns_sort(struct pfns *t);
bool pfns_next(const struct pfns *t, uint64_t *pfn, uint64_t *word);

/* pfns_mix(key, n): a hash of n that depends on a secret key. */
uint64_t pfns_mix(uint64_t key, uint64_t n);

#endif
