/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "bytes.h"
#include "files.h"
#include "mix.h"

#define WORDS		(PAGE_SIZE / 8)
#define PATCHES		3u	/* words of a page that are its pfn's own */
#define NEAR		16384u	/* pages: 64 MiB */
#define STRUCT_WORDS	32u

enum kind { ZEROES, NOISE, PROGRAM, TEXT, HEAP, TABLE, KINDS };

/* In 10000 of the slots; half of the zeroes are sown between the others, and
 * the copies take the place of what is not zero. */
static const unsigned share[KINDS] = { 1700, 659, 1976, 1186, 3689, 790 };
#define ZERO_ALONE	1446u	/* in 10000 of the slots that have another kind */
#define COPY		1127u	/* in 10000 of those that are not zero */

static char *programs[] = { "/usr/bin", "/usr/lib", NULL };
static char *texts[] = { "/usr/include", "/usr/lib/python3", "/usr/share",
	NULL };

struct maker {
	uint64_t     seed;
	enum kind    kind;	/* of this run of slots */
	unsigned     left;	/* slots of it */
	uint64_t     run;	/* a seed of its own */
	struct files program, text;
};

uint64_t
mix_hash(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* below(x, n): a number of 0 to n - 1. */
static uint32_t
below(uint64_t x, uint64_t n)
{
	return (uint32_t)((mix_hash(x) >> 32) * n >> 32);
}

static uint32_t
draw(struct maker *k, uint64_t n)
{
	return below(k->seed++, n);
}

static void
noise(struct maker *k, uint8_t *p)
{
	size_t i;

	for (i = 0; i < WORDS; i++)
		put_le64(p + 8 * i, mix_hash(k->seed++));
}

static void
table(struct maker *k, uint8_t *p)
{
	uint64_t frame = draw(k, 1u << 20);
	size_t i;

	for (i = 0; i < WORDS; i++) {
		if (draw(k, 100) < 12)
			frame = draw(k, 1u << 20);
		put_le64(p + 8 * i, draw(k, 100) < 25 ? 0 : frame++ << 12 |
		    UINT64_C(0x8000000000000067));
	}
}

/* What the words of the structures of a run have in them, by their place. */
static uint64_t
field(struct maker *k, uint32_t kind, uint32_t word, uint64_t number)
{
	uint64_t base = UINT64_C(0xffff888000000000) |
	    below(k->run + word, 1u << 12) << 24;

	if (kind < 30)
		return 0;
	if (kind < 62)		/* one of 4096 objects, often the last one */
		return base | (draw(k, 3) == 0 ? draw(k, 1u << 12) :
		    number & 0xfff) << 8;
	if (kind < 78)
		return draw(k, 4);
	if (kind < 88)
		return number;
	if (kind < 95)
		return UINT64_C(0x2e6b736174) | (uint64_t)draw(k, 10) << 40;
	return mix_hash(k->seed++);
}

static void
heap(struct maker *k, uint8_t *p, unsigned page)
{
	uint32_t words = 4 + below(k->run, STRUCT_WORDS - 4);
	bool vacant = false;
	unsigned i;

	for (i = 0; i < WORDS; i++) {
		if (i % words == 0)
			vacant = draw(k, 5) == 0;
		put_le64(p + (size_t)8 * i, vacant ? 0 : field(k,
		    below(k->run ^ i % words << 8, 100), i % words,
		    page * WORDS / words + i / words));
	}
}

static void
start_run(struct maker *k)
{
	uint32_t at = draw(k, 10000);
	unsigned kind = 0;

	while (at >= share[kind])
		at -= share[kind++];
	k->kind = (enum kind)kind;
	k->left = 1 + draw(k, 47);
	k->run = mix_hash(k->seed++);
}

static int
fill(struct maker *k, uint8_t *p)
{
	switch (k->kind) {
	case NOISE:
		noise(k, p);
		break;
	case PROGRAM:
		return files_page(&k->program, p);
	case TEXT:
		return files_page(&k->text, p);
	case TABLE:
		table(k, p);
		break;
	default:
		heap(k, p, k->left);
	}
	return 0;
}

/* The slot that slot i is to be a copy of; i itself when none is in reach. */
static uint32_t
original(struct maker *k, const struct mix *m, uint32_t i)
{
	uint32_t reach = i < NEAR || draw(k, 10) >= 4 ? i : NEAR;
	uint32_t at = i - 1 - draw(k, reach);

	while (at > 0 && (m->slot[at].page == MIX_ZERO ||
	    m->slot[at].owner != at))
		at--;
	return m->slot[at].page == MIX_ZERO ? i : at;
}

static int
make_slot(struct maker *k, struct mix *m, uint32_t i)
{
	uint32_t owner = i;

	if (k->left == 0)
		start_run(k);
	k->left--;
	m->slot[i] = (struct slot){ MIX_ZERO, i };
	if (k->kind == ZEROES || draw(k, 10000) < ZERO_ALONE)
		return 0;
	if (i > 0 && draw(k, 10000) < COPY)
		owner = original(k, m, i);
	if (owner != i) {
		m->slot[i] = (struct slot){ m->slot[owner].page, owner };
		return 0;
	}
	m->slot[i].page = m->count;
	return fill(k, m->pages + (size_t)m->count++ * PAGE_SIZE);
}

int
mix_make(struct mix *m)
{
	struct maker k = { .seed = 5 };
	uint32_t i;
	int done = 0;

	m->count = 0;
	m->pages = mmap(NULL, (size_t)MIX_SLOTS * PAGE_SIZE,
	    PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS |
	    MAP_NORESERVE, -1, 0);
	if (m->pages == MAP_FAILED)
		return -1;
	files_open(&k.program, programs, files_program);
	files_open(&k.text, texts, files_text);
	for (i = 0; i < MIX_SLOTS && done == 0; i++)
		done = make_slot(&k, m, i);
	files_close(&k.program);
	files_close(&k.text);
	return done;
}

/* Letters keep text text, and look like pointers to nobody. */
static void
patch(uint8_t *page, uint64_t pfn, uint32_t which)
{
	uint64_t at, new;
	unsigned i;

	for (i = 0; i < PATCHES; i++) {
		at = mix_hash((uint64_t)which * PATCHES + i) % WORDS;
		new = mix_hash(pfn * PATCHES + i) & 0x0f0f0f0f;
		put_le64(page + 8 * at, UINT64_C(0x2020202061616161) | new);
	}
}

const uint8_t *
mix_page(struct mix *m, uint64_t pfn)
{
	static const uint8_t zeroes[PAGE_SIZE];
	const struct slot *s = &m->slot[pfn % MIX_SLOTS];
	uint8_t *page;

	if (s->page == MIX_ZERO)
		return zeroes;
	page = m->pages + (size_t)s->page * PAGE_SIZE;
	if (s->owner == pfn % MIX_SLOTS)
		patch(page, pfn, s->page);
	return page;
}

void
mix_changed(const struct mix *m, uint64_t pfn, uint8_t *out)
{
	uint32_t i = (uint32_t)(pfn % MIX_SLOTS);
	uint32_t page = m->slot[i].page;
	uint64_t seed = mix_hash(~pfn), at, words;

	if (below(seed++, 6) == 0)
		page = below(seed++, m->count);
	if (page == MIX_ZERO) {
		memset(out, 0, PAGE_SIZE);
	} else {
		memcpy(out, m->pages + (size_t)page * PAGE_SIZE, PAGE_SIZE);
		patch(out, pfn - (i - m->slot[i].owner), page);
	}
	for (words = 2 + below(seed++, 15); words > 0; words--) {
		at = UINT64_C(8) * below(seed++, WORDS);
		put_le32(out + at, (uint32_t)mix_hash(seed++));
	}
}
