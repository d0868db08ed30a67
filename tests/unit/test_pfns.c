/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pfns.h"
#include "tap.h"

static void
test_words(void)
{
	static const uint64_t some[] = { 70, 0, UINT64_C(0xfffffffffffff), 64,
	    63, 1 << 20 };
	struct pfns *t = pfns_new();
	uint64_t pfn, word, last = 0, *p;
	unsigned i, found = 0, wrong = 0;
	struct fault f;

	ok(pfns_get(t, 5) == 0, "a pfn that was never put is 0");
	for (i = 0; i < 6; i++)
		*pfns_put(t, some[i], &f) = some[i] + 1;
	p = pfns_put(t, 64, &f);
	for (i = 0; i < 100000; i++)
		*pfns_put(t, (1 << 21) + i, &f) = 7;
	ok(p == pfns_put(t, 64, &f) && *p == 65, "a word stays where it is");
	for (i = 0; i < 6; i++)
		wrong += pfns_get(t, some[i]) != some[i] + 1;
	ok(wrong == 0 && pfns_get(t, 2) == 0, "each has its own word");
	pfns_sort(t);
	for (pfn = 0; pfns_next(t, &pfn, &word); pfn++) {
		wrong += pfn < last;
		wrong += word != (pfn >> 21 == 1 ? 7 : pfn + 1);
		last = pfn;
		found++;
	}
	ok(wrong == 0 && found == 100006, "a walk finds all, in order");
	pfn = 65;
	ok(pfns_next(t, &pfn, &word) && pfn == 70, "it starts where told");
	pfn = 128;
	ok(pfns_next(t, &pfn, &word) && pfn == 1 << 20,
	    "between the leaves too");
	pfns_free(t);
}

static void
test_scattered(void)
{
	struct pfns *t = pfns_new();
	struct fault f;
	uint64_t i, *word = NULL;

	for (i = 0; i < 10000000; i++)
		if ((word = pfns_put(t, i << 20, &f)) == NULL)
			break;
	faulty(word == NULL ? -1 : 0, &f, EXIT_REFUSED,
	    "its pfns lie scattered as no guest's do");
	ok(i < 40000, "after 16 MiB of them");
	pfns_free(t);
	t = pfns_new();
	for (i = 0; i < 1000000; i++)
		if ((word = pfns_put(t, 8 * i, &f)) == NULL)
			break;
	ok(word != NULL, "each eighth pfn is none of that");
	pfns_free(t);
}

int
main(void)
{
	test_words();
	test_scattered();
	return tap_end();
}
