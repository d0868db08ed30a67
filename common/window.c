/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The memory is a ring: room is given out from its start to its end, and then
 * from its start again.  It is larger than the window by what may be under
 * way, by what is left unused at its end, and by a record: within a record
 * pages lie by class, not by number, so all of it may lie behind the page that
 * was its last.  So what a page that is still referred to holds is never
 * written over.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "format.h"
#include "window.h"

struct window {
	uint8_t *ring;
	uint32_t ring_pages;
	uint32_t room;		/* next page of the ring to be given out */

	const uint8_t **slot;	/* number % slots: where the page is */
	uint32_t slots;
	uint32_t pages;
	uint64_t next;
};

struct window *
window_new(uint32_t pages, unsigned records, struct fault *f)
{
	struct window *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		fault_set(f, EXIT_SYSTEM, "no memory for a window");
		return NULL;
	}
	w->pages = pages;
	w->slots = pages + records * PACKED_PAGES_MAX;
	w->ring_pages = w->slots + 2 * PACKED_PAGES_MAX;
	w->slot = calloc(w->slots, sizeof(*w->slot));
	w->ring = mmap(NULL, (size_t)w->ring_pages * PAGE_SIZE,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);
	if (w->slot == NULL || w->ring == MAP_FAILED) {
		fault_set(f, EXIT_SYSTEM,
		    "no memory for a window of %u pages", pages);
		if (w->ring == MAP_FAILED)
			w->ring = NULL;
		window_free(w);
		return NULL;
	}
	(void)madvise(w->ring, (size_t)w->ring_pages * PAGE_SIZE,
	    MADV_HUGEPAGE);	/* speed only */
	return w;
}

void
window_free(struct window *w)
{
	if (w == NULL)
		return;
	if (w->ring != NULL)
		munmap(w->ring, (size_t)w->ring_pages * PAGE_SIZE);
	free(w->slot);
	free(w);
}

uint8_t *
window_room(struct window *w, uint32_t count)
{
	uint8_t *room;

	if (w->ring_pages - w->room < count)
		w->room = 0;
	room = w->ring + (size_t)w->room * PAGE_SIZE;
	w->room += count;
	return room;
}

uint32_t
window_pages(const struct window *w)
{
	return w->pages;
}

uint64_t
window_next(const struct window *w)
{
	return w->next;
}

void
window_skip(struct window *w, uint64_t number)
{
	uint64_t i = number - w->next > w->slots ? number - w->slots :
	    w->next;

	for (; i < number; i++)
		w->slot[i % w->slots] = NULL;
	w->next = number;
}

uint64_t
window_add(struct window *w, const uint8_t *page)
{
	w->slot[w->next % w->slots] = page;
	return w->next++;
}

void
window_move(struct window *w, uint64_t number, const uint8_t *page)
{
	w->slot[number % w->slots] = page;
}

bool
window_holds(const struct window *w, uint64_t number)
{
	return number < w->next && w->next - number <= w->pages;
}

const uint8_t *
window_page(const struct window *w, uint64_t number)
{
	return w->slot[number % w->slots];
}
