/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * edit.h - records and pages left out of a stream, pages made zero, and what
 * it says of its domain changed.
 *
 *     stream -> rules in turn -> settings -> edited.h
 */
#ifndef EDIT_H
#define EDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "edit_config.h"
#include "edited.h"
#include "expr.h"
#include "fault.h"
#include "record.h"

enum edit_action {
	EDIT_KEEP,	/* what is not selected goes */
	EDIT_DROP,	/* what is selected goes */
	EDIT_ZERO	/* the selected pages' data become zeroes */
};

struct edit_rule {
	enum edit_action action;
	struct expr expr;
	const char *text;	/* of the expression */
	bool did;		/* something was dropped, or would be zero;
				   set by edit_run */
};

struct edit {
	/* Set by the caller; all else zero. */
	struct edit_rule *rule;	/* applied in this order */
	size_t   rules;
	struct edit_config config;
	struct edited *out;	/* opened */
	bool     pass_after_end;

	/* What was done. */
	uint64_t records;	/* left out whole */
	uint64_t pages;		/* entries left out, those of records too */
	uint64_t zeroed;	/* pages */
	uint64_t needed;	/* pages that were selected and not zeroed */

	/* edit's own. */
	bool     started;	/* the first record was seen */
	bool     pv;		/* the guest is one */
};

/*
 * edit_run(e, in, f): the stream on the descriptor in, edited, to e->out.
 * END, CHECKPOINT and what stands around the image always stay.
 *
 * An expression with a pfn term is about pages: EDIT_KEEP and EDIT_DROP leave
 * out entries of PAGE_DATA then, and the record when none is left, and touch
 * no other record.  EDIT_ZERO is about pages in any case; a PV guest's page
 * tables and start info, which a restore needs, it leaves as they are, or, when
 * a pfn term names them, refuses without e->out->force.
 *
 * 0 when END was read and taken, or -1 as stream_next, edited_take and
 * edit_config_take say; EXIT_MALFORMED for a PAGE_DATA to be edited that is
 * none; EXIT_REFUSED for a stream with a layer to be undone first, and a page
 * that a restore needs.  END was not written then, unless with pass_after_end.
 */
int edit_run(struct edit *e, int in, struct fault *f);

#endif
