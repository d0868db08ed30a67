/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey.h - what a stream is made of: counts of records, and of the guest's
 * pages as they are at the end.
 *
 * 8 bytes of memory are taken for each of the guest's pages, and, for
 * survey_end, up to 24 more while it runs.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "pages.h"
#include "pfns.h"
#include "record.h"

#define SURVEY_TYPES	40u	/* different types of records that are told
				   apart; more count as the last */
#define SURVEY_ROUNDS	64u	/* the same for live rounds */
#define SURVEY_TIMES_MAX 127u	/* that a page was sent; more count as it */
#define SURVEY_TIMES	8u	/* how often a page was sent: 1 to 7, more */

struct survey_count {
	uint32_t type;		/* a REC_ value */
	uint64_t records;
	uint64_t bytes;		/* with headers and padding */
};

struct survey {
	/* Records of the image. */
	struct survey_count count[SURVEY_TYPES];
	unsigned counts;
	uint64_t records, bytes, checkpoints;
	uint64_t packed;	/* bytes of them as they are in the stream */
	bool     ended;		/* END came */

	/* Pages as they were sent. */
	uint64_t sent;		/* with data */
	uint64_t round[SURVEY_ROUNDS];	/* of them, in each live round */
	unsigned rounds;
	bool     verify;	/* VERIFY came: what follows is sent again */

	/* Pages as they are at the end; set by survey_end. */
	uint64_t type[PAGE_TYPES];	/* pfns of each type */
	uint64_t times[SURVEY_TIMES];	/* pages sent once, twice ... */
	uint64_t pages;		/* with data */
	uint64_t zero;		/* of them, all zero */
	uint64_t duplicates;	/* of the others, equal to an earlier one */
	uint64_t highest;	/* pfn */
	uint64_t most, most_pfn;	/* sent most often */

	struct pfns *pfns;	/* a word for each, read by survey_page */
	uint64_t last_pfn;	/* of the record before */
};

/* One page as it is at the end. */
struct survey_page {
	enum page_type type;
	bool     data;
	bool     zero, duplicate;
	unsigned times;		/* that it was sent */
	unsigned entropy;	/* of its bytes: 0 to 15, 15 is random */
	uint64_t hash;
};

/* survey_begin(s, f): an empty survey.  0, or -1 with EXIT_SYSTEM. */
int survey_begin(struct survey *s, struct fault *f);
void survey_free(struct survey *s);

/*
 * survey_measure(rec, entropy, f): looks at the pages of a whole PAGE_DATA
 * record, and puts what it finds behind the record's body, for survey_add.
 * Any thread; a codec's work.  Other pieces, and records that are malformed,
 * are left as they are.  0, or -1 with EXIT_SYSTEM.
 */
int survey_measure(struct record *rec, bool entropy, struct fault *f);

/*
 * survey_add(s, rec, f): the next piece, in order, after survey_measure.
 * Pages of a malformed PAGE_DATA are not counted.  0, or -1 as pfns_put.
 */
int survey_add(struct survey *s, const struct record *rec, struct fault *f);

/* survey_end(s, f): counts pages.  0, or -1 with EXIT_SYSTEM. */
int survey_end(struct survey *s, struct fault *f);

/*
 * survey_page(s, pfn, page): after survey_end, the first page at *pfn or
 * behind it that has come at all.  False when there is none.
 */
bool survey_page(const struct survey *s, uint64_t *pfn,
    struct survey_page *page);

#endif
