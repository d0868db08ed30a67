/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The word of a pfn, from its top:
 *   4 bits type, 1 bit it came, 1 bit it has data, 1 bit it is a duplicate,
 *   7 bits times sent, 4 bits entropy, 46 bits hash, of which 0 is the zero
 *   page's
 * A word behind a record's body is entropy and hash alone, of one page.
 */
#include <stdlib.h>

#include <sodium.h>

#include "bytes.h"
#include "measure.h"
#include "survey.h"

#define CAME		(UINT64_C(1) << 59)
#define DATA		(UINT64_C(1) << 58)
#define DUPLICATE	(UINT64_C(1) << 57)
#define TIMES_SHIFT	50u
#define ENTROPY_SHIFT	46u
#define HASH_MASK	((UINT64_C(1) << ENTROPY_SHIFT) - 1)

static unsigned
times_of(uint64_t word)
{
	return word >> TIMES_SHIFT & SURVEY_TIMES_MAX;
}

int
survey_begin(struct survey *s, struct fault *f)
{
	*s = (struct survey){ .pfns = pfns_new() };
	if (s->pfns == NULL)
		return fault_set(f, EXIT_SYSTEM,
		    "no memory for a table of pfns");
	return 0;
}

void
survey_free(struct survey *s)
{
	pfns_free(s->pfns);
	s->pfns = NULL;
}

/* Whether it is a PAGE_DATA record that makes sense. */
static bool
open_pages(struct pages *p, const struct record *rec)
{
	struct fault none;

	return rec->part == PART_RECORD && rec->type == REC_PAGE_DATA &&
	    rec->size == record_size(rec->length) &&
	    pages_open(p, rec, &none) == 0;
}

static uint64_t
look_at(const uint8_t *bytes, bool entropy)
{
	uint64_t hash;

	if (measure_zero(bytes))
		return 0;
	hash = measure_hash(bytes) & HASH_MASK;
	if (hash == 0)
		hash = 1;
	return hash | (entropy ? (uint64_t)measure_entropy(bytes) <<
	    ENTROPY_SHIFT : 0);
}

int
survey_measure(struct record *rec, bool entropy, struct fault *f)
{
	struct pages p;
	struct page page;
	size_t at = rec->size;

	if (!open_pages(&p, rec))
		return 0;
	if (record_reserve(rec, at + 8 * (size_t)p.full, f) == -1)
		return -1;
	open_pages(&p, rec);	/* the body may have moved */
	while (pages_next(&p, &page))
		if (page.bytes != NULL) {
			put_le64(rec->body + at,
			    look_at(page.bytes, entropy));
			at += 8;
		}
	return 0;
}

static void
count_record(struct survey *s, const struct record *rec)
{
	uint64_t size = RECORD_HEADER_SIZE + record_size(rec->length);
	unsigned i = 0;

	while (i < s->counts && s->count[i].type != rec->type)
		i++;
	if (i == SURVEY_TYPES)
		i--;
	else if (i == s->counts)
		s->count[s->counts++].type = rec->type;
	s->count[i].records++;
	s->count[i].bytes += size;
	s->records++;
	s->bytes += size;
	s->packed += rec->packed == 0 ? size :
	    RECORD_HEADER_SIZE + record_size(rec->packed);
	s->ended = rec->type == REC_END;
	s->checkpoints += rec->type == REC_CHECKPOINT;
	s->verify |= rec->type == REC_VERIFY;
}

/* Xen sends pfns in ascending order, in each of its rounds. */
static void
begin_round(struct survey *s, uint64_t pfn)
{
	if (s->rounds == 0 || (pfn <= s->last_pfn &&
	    s->rounds < SURVEY_ROUNDS))
		s->rounds++;
}

/* `look` is what survey_measure found in the page. */
static void
add_page(struct survey *s, const struct page *page, uint64_t look,
    uint64_t *word)
{
	unsigned times = times_of(*word);

	*word &= ~(UINT64_C(15) << PFN_TYPE_SHIFT);
	*word |= (uint64_t)page->type << PFN_TYPE_SHIFT | CAME;
	if (page->bytes == NULL)
		return;
	s->sent++;
	s->round[s->rounds - 1]++;
	times += times < SURVEY_TIMES_MAX;
	*word = (uint64_t)page->type << PFN_TYPE_SHIFT | CAME | DATA |
	    (uint64_t)times << TIMES_SHIFT | look;
}

/* A pfn that was never anything but absent takes no memory. */
static bool
is_news(const struct survey *s, const struct page *page)
{
	return page->type != PAGE_XTAB || pfns_get(s->pfns, page->pfn) != 0;
}

int
survey_add(struct survey *s, const struct record *rec, struct fault *f)
{
	struct pages p;
	struct page page;
	const uint8_t *look;
	uint64_t *word;

	if (rec->part != PART_RECORD)
		return 0;
	count_record(s, rec);
	if (s->verify || !open_pages(&p, rec))
		return 0;
	look = rec->body + rec->size;
	while (pages_next(&p, &page)) {
		if (p.next == 1 && p.full > 0)
			begin_round(s, page.pfn);
		if (p.full > 0)
			s->last_pfn = page.pfn;
		if (!is_news(s, &page))
			continue;
		if ((word = pfns_put(s->pfns, page.pfn, f)) == NULL)
			return -1;
		add_page(s, &page, page.bytes == NULL ? 0 : get_le64(look),
		    word);
		look += page.bytes == NULL ? 0 : 8;
	}
	return 0;
}

/*
 * Notes the hash in the set of `slots` words, a power of two.  False when it
 * was there already.
 */
static bool
note_hash(uint64_t *set, uint64_t slots, uint64_t key, uint64_t hash)
{
	uint64_t i = pfns_mix(key, hash) & (slots - 1);

	while (set[i] != 0 && set[i] != hash)
		i = (i + 1) & (slots - 1);
	if (set[i] == hash)
		return false;
	set[i] = hash;
	return true;
}

static void
count_page(struct survey *s, uint64_t pfn, uint64_t word)
{
	unsigned times = times_of(word);

	s->type[word >> PFN_TYPE_SHIFT]++;
	s->highest = pfn;
	if (!(word & DATA))
		return;
	s->pages++;
	s->zero += (word & HASH_MASK) == 0;
	s->times[times < SURVEY_TIMES ? times - 1 : SURVEY_TIMES - 1]++;
	if (times > s->most) {
		s->most = times;
		s->most_pfn = pfn;
	}
}

static void
find_duplicates(struct survey *s, uint64_t *set, uint64_t slots)
{
	uint64_t pfn, word, key;
	struct fault none;

	randombytes_buf(&key, sizeof(key));
	for (pfn = 0; pfns_next(s->pfns, &pfn, &word); pfn++)
		if (word & DATA && (word & HASH_MASK) != 0 &&
		    !note_hash(set, slots, key, word & HASH_MASK)) {
			s->duplicates++;
			*pfns_put(s->pfns, pfn, &none) |= DUPLICATE;
		}
}

int
survey_end(struct survey *s, struct fault *f)
{
	uint64_t pfn, word, slots = 2, *set;

	pfns_sort(s->pfns);
	for (pfn = 0; pfns_next(s->pfns, &pfn, &word); pfn++)
		count_page(s, pfn, word);
	while (slots < 3 * (s->pages - s->zero) / 2)
		slots *= 2;
	if ((set = calloc(slots, sizeof(*set))) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory to tell which "
		    "pages are equal");
	find_duplicates(s, set, slots);
	free(set);
	return 0;
}

bool
survey_page(const struct survey *s, uint64_t *pfn, struct survey_page *page)
{
	uint64_t word;

	if (!pfns_next(s->pfns, pfn, &word))
		return false;
	*page = (struct survey_page){
		.type = (enum page_type)(word >> PFN_TYPE_SHIFT),
		.data = word & DATA,
		.zero = word & DATA && (word & HASH_MASK) == 0,
		.duplicate = word & DUPLICATE,
		.times = times_of(word),
		.entropy = word >> ENTROPY_SHIFT & 15,
		.hash = word & HASH_MASK,
	};
	return true;
}
