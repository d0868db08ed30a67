/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * view.h - rec-ls: a stream read once, and what was asked for printed.
 */
#ifndef VIEW_H
#define VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "about.h"
#include "fault.h"
#include "format.h"
#include "inspect.h"
#include "lint.h"
#include "listing.h"
#include "stored.h"
#include "survey.h"

#define VIEW_PFN_MAX	PFN_MASK

enum view_mode {
	VIEW_SUMMARY, VIEW_LIST, VIEW_LINT, VIEW_RECORD, VIEW_PAGE
};

struct view {
	/* Set by the caller. */
	enum view_mode mode;
	FILE *out;
	uint64_t wanted;	/* record, or pfn */
	bool raw, json, strict, quiet, verbose;
	const char *map;	/* where the picture goes, or NULL; */
	int map_fd;		/* that, open */
	bool stored;		/* the stream is made of a stored image */
	unsigned threads;
	uint32_t memory;	/* as in struct layers */
	struct lint lint;	/* max_pfn set, or 0 */

	/* view's own. */
	struct about about;
	struct survey survey;
	struct listing listing;
	struct inspect inspect;
	uint64_t count[LINT_RULES];	/* findings */
	bool     found;			/* the record, or a copy of the page */
	bool     verified;		/* VERIFY came: pages are sent again */
	uint8_t  page[PAGE_SIZE];
};

/*
 * view_run(v, in, f): reads the stream on `in` and prints what is asked for
 * on v->out; of a stream that is cut or damaged what there is up to there.
 * Whether all could be written is for ferror(v->out) to say.
 * *v lives as inspect_run says.
 * 0, or -1 with *f set as inspect_run says; EXIT_MALFORMED when lint found
 * errors; EXIT_REFUSED when there is no such record or page.
 */
int view_run(struct view *v, int in, struct fault *f);

/*
 * view_stored(v, s, f): VIEW_PAGE of a stored image, without reading more of
 * it.  -1 as stored_page says, or with EXIT_REFUSED when there is no such page.
 */
int view_stored(struct view *v, struct stored *s, struct fault *f);

#endif
