/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "changes.h"
#include "crc.h"
#include "format.h"
#include "grade.h"
#include "pages.h"
#include "sift.h"

/* A page is sent as its changes while at most half of its words changed. */
#define CHANGES_MAX	(CHANGES_WORDS / 2)

/* What can be said of a page by itself. */
static void
look_at(struct sift *s, const struct similar *similar, unsigned limit,
    uint32_t i)
{
	struct index *x = &s->index;
	const uint8_t *page = s->page[i];

	s->crc = crc_add(s->crc, page, PAGE_SIZE);
	if (memcmp(page, page + 8, PAGE_SIZE - 8) == 0) {
		x->word[i] = get_le64(page);
		x->class[i] = x->word[i] == 0 ? CLASS_ZERO : CLASS_WORD;
		return;
	}
	s->hash[i] = similar_hash(similar, page);
	x->class[i] = (uint8_t)grade(page, limit);
}

bool
sift_look(struct sift *s, const struct similar *similar, unsigned limit,
    uint32_t crc, const struct record *rec)
{
	struct pages p;
	struct fault none;
	uint32_t i;

	if (rec->type != REC_PAGE_DATA || pages_open(&p, rec, &none) == -1 ||
	    p.count > PACKED_COUNT_MAX || p.full > PACKED_PAGES_MAX)
		return false;
	s->index.count = p.count;
	s->index.full = p.full;
	s->crc = crc_add(crc, rec->body, (size_t)(p.bytes - rec->body));
	for (i = 0; i < p.count; i++)
		s->index.entry[i] = get_le64(rec->body +
		    PAGE_DATA_HEADER_SIZE + 8 * (size_t)i);
	for (i = 0; i < p.full; i++) {
		s->page[i] = p.bytes + PAGE_SIZE * (size_t)i;
		look_at(s, similar, limit, i);
	}
	return true;
}

/* The page of that pfn before: is this one like it but for some words? */
static void
compare(struct sift *s, const struct similar *similar,
    const struct window *w, uint32_t i, uint64_t pfn)
{
	struct index *x = &s->index;

	if (!similar_last(similar, pfn, &x->number[i]))
		return;
	s->before[i] = window_page(w, x->number[i]);
	if (changes_count(s->page[i], s->before[i]) <= CHANGES_MAX)
		x->class[i] = CLASS_CHANGED;
}

/* Returns the number of page i, which came before or is added. */
static uint64_t
place(struct sift *s, struct similar *similar, struct window *w, uint32_t i,
    uint64_t pfn)
{
	uint64_t number;

	if (similar_equal(similar, s->hash[i], s->page[i], &number)) {
		s->index.class[i] = CLASS_SAME;
		s->index.number[i] = number;
		return number;
	}
	compare(s, similar, w, i, pfn);
	number = window_add(w, s->page[i]);
	similar_add(similar, number, s->hash[i]);
	return number;
}

/* Copies the added pages of a class into the window, one after the other. */
static uint8_t *
keep(struct sift *s, struct window *w, const uint64_t *number,
    enum page_class class, uint8_t *room)
{
	uint32_t i;

	for (i = 0; i < s->index.full; i++) {
		if (s->index.class[i] != class)
			continue;
		memcpy(room, s->page[i], PAGE_SIZE);
		window_move(w, number[i], room);
		s->page[i] = room;
		room += PAGE_SIZE;
	}
	return room;
}

void
sift_join(struct sift *s, struct similar *similar, struct window *w)
{
	struct index *x = &s->index;
	uint64_t number[PACKED_PAGES_MAX] = { 0 }, pfn;
	uint32_t i = 0, n;
	uint8_t *room;
	unsigned class;

	s->first = window_next(w);
	for (n = 0; n < x->count && i < x->full; n++) {
		if (!page_entry_has_data(x->entry[n]))
			continue;
		pfn = x->entry[n] & PFN_MASK;
		if (x->class[i] >= CLASS_STORED) {
			number[i] = place(s, similar, w, i, pfn);
			similar_note(similar, pfn, number[i]);
		}
		i++;
	}
	s->added = (uint32_t)(window_next(w) - s->first);
	room = window_room(w, s->added);
	s->added_pages = room;
	for (class = CLASS_PACKED; class < CLASSES; class++)
		room = keep(s, w, number, class, room);
	room = keep(s, w, number, CLASS_STORED, room);
	keep(s, w, number, CLASS_CHANGED, room);
	memset(s->of, 0, sizeof(s->of));
	for (i = 0; i < x->full; i++)
		s->of[x->class[i]]++;
}
