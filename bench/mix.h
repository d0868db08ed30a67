/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mix.h - the memory of a made-up guest of any size.
 *
 * The guest repeats 384 MiB of page slots, but no page: each time around, three
 * words of each page are other ones.  So a page resembles one that lies 384
 * MiB before it, farther than the windows of those that are measured reach,
 * and it can be made again from its number alone.
 *
 * Percent of the slots, and what they hold:
 *   29  zeroes, 17 of them in runs, 12 here and there
 *    8  a copy of an earlier page: 40 % of these at most 64 MiB back, the
 *       others anywhere in the same 384 MiB
 *    5  random bytes: compressed or encrypted data
 *   15  programs: ELF files of /usr/bin and /usr/lib, page by page as the
 *       page cache has them
 *    9  text: ASCII files of /usr/include, /usr/share, /usr/lib/python3
 *   28  heaps and slabs: arrays of structures of pointers, NULLs, small
 *       numbers, counters, and short strings
 *    6  page tables: 8 bytes an entry, frames that mostly ascend
 *
 * A busy Debian guest of 1 GiB had 29, 8, and 6 % of the first three; of the
 * others it can be measured only how they pack.  zstd -1, zstd -3 and lz4 -1
 * made that guest 4.3, 4.7 and 3.2 times smaller, and make this one 4.3, 4.6
 * and 3.2 times smaller.
 * The bytes are the same each time on one machine, and differ between machines
 * as their files do.
 */
#ifndef MIX_H
#define MIX_H

#include <stdint.h>

#include "format.h"

#define MIX_SLOTS	98304u

struct slot {
	uint32_t page;		/* in pages; MIX_ZERO: a page of zeroes */
	uint32_t owner;		/* the slot whose copy this is, or itself */
};
#define MIX_ZERO	UINT32_MAX

struct mix {
	uint8_t    *pages;
	uint32_t    count;	/* of pages */
	struct slot slot[MIX_SLOTS];
};

/* mix_hash(x): 64 bits that look random, the same for the same x. */
uint64_t mix_hash(uint64_t x);

/* mix_make(m): makes the memory.  0, or -1 with errno: no memory, or no files
 * to fill it from (ENOENT). */
int mix_make(struct mix *m);

/* mix_page(m, pfn): the page as it is in the guest, until the slot's next
 * pfn is asked for. */
const uint8_t *mix_page(struct mix *m, uint64_t pfn);

/* mix_changed(m, pfn, out): the page as it is some seconds later, 4096 bytes.
 * 5 in 6 differ in 2 to 16 words, by the low half; the others altogether. */
void mix_changed(const struct mix *m, uint64_t pfn, uint8_t *out);

#endif
