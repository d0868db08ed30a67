/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latest.h - of each page of a plain stream, the copy that holds in the end,
 * and where in the stream it is.
 *
 * A live save sends a page again when the guest has written to it.  An entry
 * of PAGE_DATA takes the place of those of its pfn before it:
 *
 *   with data      it is what the guest has there now, with the type that it
 *                  has now.  So has a page that first came as XTAB because it
 *                  could not be read while the guest ran.
 *   XTAB, BROKEN   at that moment there was no page, or none that could be
 *                  read.  In the last round, when the guest stands still, that
 *                  is how it is; what came before was in memory that the
 *                  guest has given back.
 *   XALLOC         memory is taken where there is none, and no more is done:
 *                  behind an entry with data it says nothing, and does not
 *                  count; behind the others it does.
 *
 * An entry is told from others of its pfn by its word: type and reserved bits
 * as they are in it, and for the pfn the byte of the stream where its page is,
 * or, without one, the entry itself.
 *
 * Source: libxc-migration-stream.pandoc, PAGE_DATA; xg_sr_save.c and
 * process_page_data in xg_sr_restore.c, in tools/libs/guest of xen.git.
 */
#ifndef LATEST_H
#define LATEST_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "format.h"
#include "pages.h"
#include "pfns.h"
#include "record.h"

struct latest {
	struct pfns *pfns;	/* the word of each pfn's last entry */
	uint64_t entries;	/* that came */
	uint64_t pages;		/* of them, those with data */
};

/* latest_begin(l, f): nothing came yet.  0, or -1 with EXIT_SYSTEM. */
int latest_begin(struct latest *l, struct fault *f);
void latest_free(struct latest *l);

/* latest_place(word): the byte of the stream that it says. */
static inline uint64_t
latest_place(uint64_t word)
{
	return word & PFN_MASK;
}

/*
 * latest_note(l, rec, f): the next PAGE_DATA of the stream, whole.  Takes 8
 * bytes for each pfn in it that was not in one before.
 * 0, or -1 as pages_open and pfns_put, or with EXIT_REFUSED for a stream of
 * 4 PiB.
 */
int latest_note(struct latest *l, const struct record *rec,
    struct fault *f);

/*
 * latest_keep(l, rec, f): after the whole stream was noted: leaves of a
 * PAGE_DATA only the entries that hold in the end, and their pages; one with
 * none of them becomes PART_NONE, one with nothing else stays bit for bit.
 * 0, or -1 as pages_open.  Sound for any record, also one that is not what was
 * noted there.
 */
int latest_keep(struct latest *l, struct record *rec,
    struct fault *f);

#endif
