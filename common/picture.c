/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "picture.h"
#include "picture_page.h"

#define SUPERPAGE_BITS	9u	/* 2 MiB */
#define GAP		4096u	/* pages that are not there, at least, between
				   two segments */
#define TIMES_MAX	15u	/* of a cell, in one hex digit */

/* What a cell is, by which of its pages there are most; in one hex digit. */
enum class {
	SHADE_ABSENT, SHADE_ZERO, SHADE_DUPLICATE, SHADE_DATA, SHADE_TABLE,
	SHADE_NO_DATA, SHADES
};

struct cell {
	uint64_t number;		/* pfn >> bits */
	unsigned pages[SHADES];
	unsigned times;			/* the most */
	unsigned entropy, data;		/* sum, of how many */
	bool     open;
};

struct picture {
	FILE *out;
	unsigned bits;			/* a cell is 2^bits pages */
	struct cell cell;
	uint64_t next;			/* number of the cell to be written */
	bool     started;
};

static enum class
class_of(const struct survey_page *p)
{
	if (!p->data)
		return SHADE_NO_DATA;
	if (page_level(p->type) > 0)
		return SHADE_TABLE;
	return p->zero ? SHADE_ZERO : p->duplicate ? SHADE_DUPLICATE :
	    SHADE_DATA;
}

/* Three hex digits: class, times sent, entropy. */
static void
write_cell(FILE *out, const struct cell *c)
{
	unsigned class = SHADE_ABSENT, i;

	for (i = 1; i < SHADES; i++)
		if (c->pages[i] > c->pages[class])
			class = i;
	fprintf(out, "%x%x%x", class, c->times,
	    c->data == 0 ? 0 : c->entropy / c->data);
}

/* The cell that is complete, and cells before it that are empty. */
static void
end_cell(struct picture *p)
{
	const struct cell *c = &p->cell;

	if (!c->open)
		return;
	if (p->started && ((c->number - p->next) << p->bits) < GAP) {
		for (; p->next < c->number; p->next++)
			fputs("000", p->out);
	} else {
		fprintf(p->out, "%s[\"0x%" PRIx64 "\",\"",
		    p->started ? "\"],\n" : "", c->number << p->bits);
		p->started = true;
	}
	write_cell(p->out, c);
	p->next = c->number + 1;
}

static void
add_page(struct picture *p, uint64_t pfn, const struct survey_page *page)
{
	struct cell *c = &p->cell;
	unsigned times = page->times < TIMES_MAX ? page->times : TIMES_MAX;

	if (!c->open || c->number != pfn >> p->bits) {
		end_cell(p);
		*c = (struct cell){ .number = pfn >> p->bits, .open = true };
	}
	c->pages[class_of(page)]++;
	if (times > c->times)
		c->times = times;
	if (page->data) {
		c->entropy += page->entropy;
		c->data++;
	}
}

static void
write_cells(struct picture *p, const struct survey *s)
{
	struct survey_page page;
	uint64_t pfn;

	fputs("var segments = [", p->out);
	for (pfn = 0; survey_page(s, &pfn, &page); pfn++)
		add_page(p, pfn, &page);
	end_cell(p);
	fputs(p->started ? "\"]];\n" : "];\n", p->out);
}

/* JSON inside a script: "</script>" in a guest's name shall not end it. */
static void
write_json(FILE *out, const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '<')
			fputs("\\u003c", out);
		else
			fputc(*text, out);
}

static unsigned
bits_for(const struct survey *s)
{
	uint64_t pages = 0;
	unsigned type, bits = 0;

	for (type = 0; type < PAGE_TYPES; type++)
		pages += s->type[type];
	if (pages > PICTURE_CELLS)
		bits = SUPERPAGE_BITS;
	while (pages >> bits > PICTURE_CELLS)
		bits++;
	return bits;
}

int
picture_write(const struct report *r, int fd, const char *path,
    struct fault *f)
{
	struct picture p = {
		.out = fdopen(fd, "w"), .bits = bits_for(r->survey),
	};
	json_object *summary = report_object(r);
	bool bad;

	/* What is no file cannot be made shorter, and need not be. */
	(void)!ftruncate(fd, 0);
	if (p.out == NULL || summary == NULL) {
		json_object_put(summary);
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	}
	fputs(picture_head, p.out);
	fprintf(p.out, "var bits = %u;\nvar summary = ", p.bits);
	write_json(p.out, json_object_to_json_string(summary));
	fputs(";\n", p.out);
	write_cells(&p, r->survey);
	fputs(picture_tail, p.out);
	json_object_put(summary);
	bad = ferror(p.out) != 0;
	if (fclose(p.out) != 0 || bad)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	return 0;
}
