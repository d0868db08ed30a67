/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records.c - whole records that are lost, doubled, exchanged, another
 * stream's, or behind what should be the end.
 */
#include <err.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture.h"

static const struct plan none;

/* An input put together of pieces. */
struct patchwork {
	struct bytes made;
	size_t room;
};

static void
start(struct patchwork *w, struct trial *t)
{
	w->room = 3 * t->input.size + t->other.size;
	w->made.size = 0;
	if ((w->made.at = malloc(w->room)) == NULL)
		err(1, "no memory");
}

static void
piece(struct patchwork *w, struct bytes from, size_t begin, size_t end)
{
	memcpy(w->made.at + w->made.size, from.at + begin, end - begin);
	w->made.size += end - begin;
}

/* From `begin` on, to the end. */
static void
rest(struct patchwork *w, struct bytes from, size_t begin)
{
	piece(w, from, begin, from.size);
}

static void
finish(struct patchwork *w, struct trial *t, const char *what, size_t i,
    size_t j)
{
	struct rule rule = {
		.statuses = REFUSED | (t->row->sealed ? 0 : STATUS(0)),
		.prefix = t->row->sealed,
	};

	/* Two equal records exchanged are no change. */
	if (w->made.size != t->input.size ||
	    memcmp(w->made.at, t->input.at, w->made.size) != 0)
		try(t, &none, w->made.at, w->made.size, &rule,
		    "%s, %s: record %zu, %zu", t->name, what, i, j);
	free(w->made.at);
}

static void
one_record(struct trial *t, const size_t *at, size_t i, size_t end)
{
	struct patchwork w;

	start(&w, t);
	piece(&w, t->input, 0, at[i]);
	rest(&w, t->input, at[i + 1]);
	finish(&w, t, "dropped", i, i);

	start(&w, t);
	piece(&w, t->input, 0, at[i + 1]);
	rest(&w, t->input, at[i]);
	finish(&w, t, "doubled", i, i);

	start(&w, t);
	piece(&w, t->input, 0, at[i]);
	rest(&w, t->input, end);
	finish(&w, t, "END in front of", i, i);
}

static void
two_records(struct trial *t, const size_t *at, size_t i, size_t j)
{
	struct patchwork w;

	start(&w, t);
	piece(&w, t->input, 0, at[i]);
	piece(&w, t->input, at[j], at[j + 1]);
	piece(&w, t->input, at[i + 1], at[j]);
	piece(&w, t->input, at[i], at[i + 1]);
	rest(&w, t->input, at[j + 1]);
	finish(&w, t, "exchanged", i, j);

	start(&w, t);
	piece(&w, t->input, 0, at[i]);
	piece(&w, t->input, at[j], at[j + 1]);
	rest(&w, t->input, at[i]);
	finish(&w, t, "moved forward", j, i);
}

/* Another guest's record or rest, in the place of this one's. */
static void
splice(struct trial *t, const struct places *p, const struct places *theirs,
    size_t i)
{
	struct patchwork w;

	start(&w, t);
	piece(&w, t->input, 0, p->at[i]);
	piece(&w, t->other, theirs->at[i], theirs->at[i + 1]);
	rest(&w, t->input, p->at[i + 1]);
	finish(&w, t, "another stream's", i, i);

	/* Behind headers alone it is the other stream. */
	if (i == 0)
		return;
	start(&w, t);
	piece(&w, t->input, 0, p->at[i]);
	rest(&w, t->other, theirs->at[i]);
	finish(&w, t, "another stream from here on", i, i);
}

void
surgery(struct trial *t)
{
	struct places p = places_records(t->input);
	struct places theirs = places_records(t->other);
	size_t i, j, end = p.count < 2 ? 0 : p.at[p.count - 2];
	size_t reach = t->step == 1 ? 12 : 2;
	struct patchwork w;

	for (i = 0; i + 2 < p.count; i++) {
		one_record(t, p.at, i, end);
		for (j = i + 1; j < i + 1 + reach && j + 2 < p.count; j++)
			two_records(t, p.at, i, j);
		if (i + 1 < theirs.count)
			splice(t, &p, &theirs, i);
	}
	if (p.count > 0) {
		start(&w, t);
		rest(&w, t->input, 0);
		rest(&w, t->input, 0);
		finish(&w, t, "twice", 0, 0);
		start(&w, t);
		rest(&w, t->input, 0);
		piece(&w, t->input, 0, 1);
		finish(&w, t, "a byte behind END", 0, 0);
	}
	free(p.at);
	free(theirs.at);
}

/* Little that says it is much: memory has the bound that the manual says. */
void
bombs(struct trial *t)
{
	struct rule rule = { .statuses = REFUSED };
	struct bytes b;
	char pattern[100];
	glob_t found;
	size_t i;

	if (t->row->bombs == NULL)
		return;
	snprintf(pattern, sizeof(pattern), "%s*", t->row->bombs);
	if (glob(pattern, 0, NULL, &found) != 0)
		errx(1, "no %s", pattern);
	for (i = 0; i < found.gl_pathc; i++) {
		b = load(found.gl_pathv[i]);
		try(t, &none, b.at, b.size, &rule, "%s", found.gl_pathv[i]);
		free(b.at);
	}
	globfree(&found);
}
