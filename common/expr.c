/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "format.h"
#include "types.h"

#define SHOWN_MAX	40	/* characters of what is wrong that are shown */

static const struct {
	const char *text;	/* the term's start */
	uint64_t max;		/* of its numbers */
	const char *number;	/* what is wrong with others */
} words[] = {
	[TERM_TYPE] = { "type=", UINT32_MAX, "a type is at most 0xffffffff" },
	[TERM_INDEX] = { "index=", UINT64_MAX, "the number is too large" },
	[TERM_PFN] = { "pfn=", PFN_MASK, "a pfn is at most 0xfffffffffffff" },
};

struct parser {
	const char *text, *at;
	struct fault *f;
};

static const char word_hint[] = "terms are type=, index= and pfn=, with "
    "'and' between: 'type=PAGE_DATA and pfn=0x1000-0x1fff'";
static const char number_hint[] = "numbers are decimal, or hexadecimal "
    "behind 0x; 3-7 is a range, and 3-7,9 a list";

/* What stands at `at` is wrong.  -1. */
static int
wrong(const struct parser *p, const char *at, const char *what,
    const char *hint)
{
	size_t place = (size_t)(at - p->text) + 1, size = strcspn(at, " \t");

	if (size == 0)
		fault_set(p->f, EXIT_USAGE, "at character %zu, the end: %s",
		    place, what);
	else
		fault_set(p->f, EXIT_USAGE, "at character %zu, '%.*s': %s",
		    place, (int)(size < SHOWN_MAX ? size : SHOWN_MAX), at,
		    what);
	return fault_hint(p->f, "%s", hint);
}

static void
skip_blanks(struct parser *p)
{
	p->at += strspn(p->at, " \t");
}

/* A number at p->at, at most max, into *n. */
static int
parse_number(struct parser *p, enum term_key key, uint64_t *n)
{
	const char *start = p->at, *digits = start;
	unsigned base = 10, digit;

	if (start[0] == '0' && (start[1] == 'x' || start[1] == 'X')) {
		base = 16;
		digits += 2;
	}
	*n = 0;
	for (p->at = digits; base == 16 ? isxdigit((unsigned char)*p->at) :
	    isdigit((unsigned char)*p->at); p->at++) {
		digit = isdigit((unsigned char)*p->at) ?
		    (unsigned)(*p->at - '0') :
		    (unsigned)(tolower((unsigned char)*p->at) - 'a') + 10;
		if (*n > (words[key].max - digit) / base)
			return wrong(p, start, words[key].number,
			    number_hint);
		*n = *n * base + digit;
	}
	return p->at == digits ?
	    wrong(p, start, "no number", number_hint) : 0;
}

static int
parse_type(struct parser *p, struct range *r)
{
	char word[TYPE_NAME_SIZE] = "";
	size_t size = 0;
	uint32_t type;

	if (isdigit((unsigned char)*p->at)) {
		if (parse_number(p, TERM_TYPE, &r->first) == -1)
			return -1;
	} else {
		while (isalnum((unsigned char)p->at[size]) ||
		    p->at[size] == '_')
			size++;
		if (size < sizeof(word))
			memcpy(word, p->at, size);
		if (!type_parse(word, &type))
			return wrong(p, p->at, "no type of record",
			    "rec-ls -l shows types; 0x... takes any number");
		p->at += size;
		r->first = type;
	}
	r->last = r->first;
	return 0;
}

static int
parse_range(struct parser *p, enum term_key key, struct range *r)
{
	const char *start = p->at;

	if (key == TERM_TYPE)
		return parse_type(p, r);
	if (parse_number(p, key, &r->first) == -1)
		return -1;
	r->last = r->first;
	if (*p->at != '-')
		return 0;
	p->at++;
	if (parse_number(p, key, &r->last) == -1)
		return -1;
	return r->last >= r->first ? 0 :
	    wrong(p, start, "the range ends before it begins", number_hint);
}

static int
compare(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Sorts the ranges, and makes one of those that meet. */
static void
sort(struct term *t)
{
	size_t i, last = 0;

	qsort(t->range, t->count, sizeof(*t->range), compare);
	for (i = 1; i < t->count; i++)
		if (t->range[i].first > t->range[last].last)
			t->range[++last] = t->range[i];
		else if (t->range[i].last > t->range[last].last)
			t->range[last].last = t->range[i].last;
	t->count = last + 1;
}

/* The list behind the term's word. */
static int
parse_list(struct parser *p, struct term *t)
{
	size_t room = 1;
	const char *c;

	for (c = p->at; *c != '\0'; c++)
		room += *c == ',';
	if ((t->range = calloc(room, sizeof(*t->range))) == NULL)
		return fault_set(p->f, EXIT_SYSTEM, "no memory for a list");
	for (;;) {
		if (parse_range(p, t->key, &t->range[t->count++]) == -1)
			return -1;
		if (*p->at != ',')
			break;
		p->at++;
	}
	sort(t);
	if (*p->at == '\0' || *p->at == ' ' || *p->at == '\t')
		return 0;
	return wrong(p, p->at, "',', a blank or the end should be here",
	    number_hint);
}

static int
parse_term(struct parser *p, struct term *t)
{
	enum term_key key;
	size_t size;

	for (key = TERM_TYPE; key <= TERM_PFN; key++) {
		size = strlen(words[key].text);
		if (strncmp(p->at, words[key].text, size) == 0) {
			t->key = key;
			p->at += size;
			return parse_list(p, t);
		}
	}
	return wrong(p, p->at, "no term", word_hint);
}

/* Room for one more term, zeroed; NULL without memory. */
static struct term *
add_term(struct expr *e)
{
	struct term *term = realloc(e->term,
	    (e->count + 1) * sizeof(*e->term));

	if (term == NULL)
		return NULL;
	e->term = term;
	term[e->count] = (struct term){ 0 };
	return &term[e->count++];
}

int
expr_parse(struct expr *e, const char *text, struct fault *f)
{
	struct parser p = { .text = text, .at = text, .f = f };
	struct term *term;

	*e = (struct expr){ 0 };
	skip_blanks(&p);
	for (;;) {
		if ((term = add_term(e)) == NULL)
			return fault_set(f, EXIT_SYSTEM, "no memory");
		if (parse_term(&p, term) == -1)
			return -1;
		skip_blanks(&p);
		if (*p.at == '\0')
			return 0;
		if (strcspn(p.at, " \t") != 3 || strncmp(p.at, "and", 3) != 0)
			return wrong(&p, p.at, "'and' should be here",
			    word_hint);
		p.at += 3;
		skip_blanks(&p);
	}
}

void
expr_free(struct expr *e)
{
	size_t i;

	for (i = 0; i < e->count; i++)
		free(e->term[i].range);
	free(e->term);
	*e = (struct expr){ 0 };
}

bool
expr_has_pages(const struct expr *e)
{
	size_t i;

	for (i = 0; i < e->count; i++)
		if (e->term[i].key == TERM_PFN)
			return true;
	return false;
}

static bool
term_has(const struct term *t, uint64_t n)
{
	size_t low = 0, high = t->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (n > t->range[middle].last)
			low = middle + 1;
		else
			high = middle;
	}
	return low < t->count && n >= t->range[low].first;
}

bool
expr_record(const struct expr *e, const struct record *rec)
{
	const struct term *t;

	for (t = e->term; t < e->term + e->count; t++)
		if (t->key != TERM_PFN && !term_has(t,
		    t->key == TERM_TYPE ? rec->type : rec->index))
			return false;
	return true;
}

bool
expr_page(const struct expr *e, uint64_t pfn)
{
	const struct term *t;

	for (t = e->term; t < e->term + e->count; t++)
		if (t->key == TERM_PFN && !term_has(t, pfn))
			return false;
	return true;
}
