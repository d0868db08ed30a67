/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * calls.c - system calls and memory that fail, at every n: until a run does
 * not come to its nth call.
 */
#include <errno.h>
#include <string.h>

#include "torture.h"

#define CALLS_MAX	20000u	/* in a run */

/* How a call fails.  Quiet: without it the filter may do the same. */
struct failure {
	enum call   call;
	const char *name;
	int         error;
	bool        quiet;
};

static const struct failure failures[] = {
	{ CALL_READ, "read", EIO, false },
	{ CALL_WRITE, "write", ENOSPC, false },
	{ CALL_WRITE, "write", EIO, false },
	{ CALL_WRITE, "write", EPIPE, false },
	{ CALL_SYNC, "fsync", EIO, false },
	{ CALL_CLOSE, "close", EIO, true },
	{ CALL_OPEN, "open", EMFILE, true },
	{ CALL_NAME, "rename", EIO, true },
	{ CALL_SIZE, "ftruncate", EFBIG, true },
	{ CALL_TEE, "tee", EINVAL, true },
	{ CALL_WAIT, "poll", ENOMEM, true },
	{ CALL_START, "fork", EAGAIN, true },
};

/* Of thousands not all are tried, but all of the first. */
static uint32_t
gap(const struct trial *t, uint32_t nth)
{
	return t->step == 1 ? 0 : nth / 20;
}

/* The nth call, for each n; once, and from then on. */
static void
each_nth(struct trial *t, const struct failure *f)
{
	struct rule rule = {
		.statuses = STATUS(1),
		.same = true, .prefix = true,
		.no_memory = f->call == CALL_MEMORY,
		.ended = f->call == CALL_CLOSE,
	};
	struct plan plan = { .call = f->call, .error = f->error };

	for (plan.sticky = 0; plan.sticky < 2; plan.sticky++) {
		/* One may be of what is not the stream: all that came out is
		 * compared. */
		if (f->quiet || (f->call <= CALL_WRITE && !plan.sticky))
			rule.statuses |= STATUS(0);
		else
			rule.statuses = STATUS(1);
		/* json-c may leave out what it finds no memory for. */
		if (f->call == CALL_MEMORY && t->row->crashes)
			rule.statuses |= STATUS(3);
		for (plan.nth = 1; plan.nth < CALLS_MAX;
		    plan.nth += 1 + gap(t, plan.nth))
			if (try(t, &plan, t->input.at, t->input.size, &rule,
			    "%s, %s %u%s: %s", t->name, f->name, plan.nth,
			    plan.sticky ? " and on" : "",
			    strerror(f->error)) == 0)
				break;
	}
}

void
calls(struct trial *t)
{
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(*failures); i++)
		each_nth(t, &failures[i]);
}

void
memory(struct trial *t)
{
	static const struct failure no_memory = {
		CALL_MEMORY, "allocation", ENOMEM, true
	};

	each_nth(t, &no_memory);
}
