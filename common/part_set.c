/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "part_set.h"

#define BLOCK	((size_t)64 << 10)	/* bytes that are compared at once */

static int
by_number(const void *a, const void *b)
{
	const struct part_file *p = a, *q = b;

	return (p->header.number > q->header.number) -
	    (p->header.number < q->header.number);
}

/* Whether two parts say the same of their set. */
static int
check_same_set(const struct part_file *p, const struct part_file *q,
    struct fault *f)
{
	const struct part_header *a = &p->header, *b = &q->header;

	if (memcmp(a->set, b->set, PART_SET_SIZE) != 0) {
		fault_set(f, EXIT_INTEGRITY, "%.150s is of another set than "
		    "%.150s", q->path, p->path);
		return fault_hint(f, "-v -t of each tells its set");
	}
	if (a->in_turn != b->in_turn || a->parts != b->parts ||
	    a->chunk != b->chunk)
		return fault_set(f, EXIT_MALFORMED, "%.150s and %.150s say "
		    "they are of one set, but not of the same kind", p->path,
		    q->path);
	return 0;
}

/* 1 when the bytes of two files are the same, 0 or -1. */
static int
compare(int a, int b, struct fault *f)
{
	uint8_t *block = malloc(2 * BLOCK);
	struct source in[2];
	size_t got[2];
	int result = 1;

	if (block == NULL || source_open(&in[0], a, f) == -1 ||
	    source_open(&in[1], b, f) == -1)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	do {
		if (source_read(&in[0], block, BLOCK, &got[0], f) == -1 ||
		    source_read(&in[1], block + BLOCK, BLOCK, &got[1],
		    f) == -1)
			result = -1;
		else if (got[0] != got[1] ||
		    memcmp(block, block + BLOCK, got[0]) != 0)
			result = 0;
	} while (result == 1 && got[0] > 0);
	source_close(&in[0]);
	source_close(&in[1]);
	free(block);
	return result;
}

/* Two of the same number: 0 when one of them will do. */
static int
check_twice(const struct part_file *p, const struct part_file *q,
    struct fault *f)
{
	int a, b, same;

	if (!p->is_file || !q->is_file)
		return fault_set(f, EXIT_REFUSED, "%.150s and %.150s are both "
		    "part %" PRIu32 ", and no files that could be compared",
		    p->path,
		    q->path, p->header.number);
	a = open(p->path, O_RDONLY | O_CLOEXEC);
	b = open(q->path, O_RDONLY | O_CLOEXEC);
	same = a != -1 && b != -1 ? compare(a, b, f) :
	    fault_set(f, EXIT_SYSTEM, "%.150s or %.150s cannot be opened "
	    "again: %s", p->path, q->path, strerror(errno));
	if (a != -1)
		close(a);
	if (b != -1)
		close(b);
	if (same == 0)
		fault_set(f, EXIT_INTEGRITY, "%.150s and %.150s are both part "
		    "%" PRIu32 ", and differ", p->path, q->path,
		    p->header.number);
	return same == 1 ? 0 : -1;
}

/* What is there twice counts once. */
static int
drop_twins(struct part_set *s, struct fault *f)
{
	uint32_t i, kept = 1;

	for (i = 1; i < s->count; i++) {
		struct part_file *p = &s->part[kept - 1], *q = &s->part[i];

		if (p->header.number != q->header.number) {
			s->part[kept++] = *q;
			continue;
		}
		if (check_twice(p, q, f) == -1)
			return -1;
		part_file_close(q);
	}
	s->count = kept;
	return 0;
}

/* Parts `from` to `to` are not there: as a word behind what text says. */
static void
add_missing(char *text, size_t size, uint32_t from, uint32_t to)
{
	size_t have = strlen(text);

	snprintf(text + have, size - have, to > from ? "%s %03" PRIu32 "-%03"
	    PRIu32 : "%s %03" PRIu32, have > 0 ? "," : "", from, to);
}

int
part_set_complete(const struct part_set *s, struct fault *f)
{
	uint32_t parts = s->part[0].header.parts, due = 0, i;
	char missing[FAULT_TEXT_SIZE / 2] = "";

	for (i = 0; i < s->count; i++) {
		uint32_t number = s->part[i].header.number;

		if (number > due)
			add_missing(missing, sizeof(missing), due, number - 1);
		due = number + 1;
	}
	if (due < parts)
		add_missing(missing, sizeof(missing), due, parts - 1);
	if (missing[0] == '\0')
		return 0;
	fault_set(f, EXIT_MALFORMED, "parts are missing:%s", missing);
	return fault_hint(f, "rec-split wrote them to files whose names end in "
	    "these numbers and .rec");
}

int
part_set_open(struct part_set *s, char *const *path, size_t count,
    struct fault *f)
{
	struct part_file *p;

	*s = (struct part_set){ .part = calloc(count, sizeof(*s->part)) };
	if (s->part == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	while (s->count < count) {
		p = &s->part[s->count];
		p->path = path[s->count++];
		if (part_file_open(p, f) == -1 ||
		    check_same_set(&s->part[0], p, f) == -1)
			return -1;
		if (p->is_file)
			part_file_close(p);
	}
	qsort(s->part, s->count, sizeof(*s->part), by_number);
	return drop_twins(s, f);
}

void
part_set_close(struct part_set *s)
{
	uint32_t i;

	for (i = 0; i < s->count; i++)
		part_file_close(&s->part[i]);
	free(s->part);
	s->part = NULL;
	s->count = 0;
}
