/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h - the summary of a stream: rec-ls.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "about.h"
#include "layers.h"
#include "survey.h"

struct report {
	const struct about *about;
	const struct survey *survey;	/* ended */
	const struct layers *layers;
	bool whole;		/* the stream was read to its end */
	bool stored;		/* it was a stored image */
};

/* report_checks(r): of the check data, the outer one's; NULL without any. */
const struct verification *report_checks(const struct report *r);

/*
 * report_text(r, out): for people.  report_object(r): the same as a JSON
 * object (rec-ls.1), which the caller puts; NULL without memory.
 */
void report_text(const struct report *r, FILE *out);
json_object *report_object(const struct report *r);

#endif
