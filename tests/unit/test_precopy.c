/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "precopy.h"
#include "tap.h"

static void
test_rate(void)
{
	ok(precopy_rate(4096, 1000000) == 4096, "a page in a second");
	ok(precopy_rate(4096, 500) == 8192000, "a page in half a ms");
	ok(precopy_rate(7, 0) == 7000000, "no time counts as 1 us");
	ok(precopy_rate(0, 1000) == 0, "nothing moved");
	ok(precopy_rate(UINT64_MAX, 2000000) == UINT64_MAX / 2,
	    "more bytes than can be multiplied");
	ok(precopy_rate(UINT64_MAX, 1) == UINT64_MAX, "all of them at once");
}

static void
test_estimate(void)
{
	ok(precopy_estimate(0, 0) == 0, "nothing takes no time");
	ok(precopy_estimate(1, 0) == UINT64_MAX, "no rate, for ever");
	ok(precopy_estimate(250, 1024000) == 1000, "250 pages, 1 s");
	ok(precopy_estimate(1, 4096001) == 1 && precopy_estimate(1, 4095999)
	    == 2, "rounded up");
	ok(precopy_estimate(UINT64_MAX / 4096 / 1000, UINT64_MAX) == 1,
	    "the most pages that are counted");
	ok(precopy_estimate(UINT64_MAX / 4096 / 1000 + 1, UINT64_MAX) ==
	    UINT64_MAX, "one more");
	ok(precopy_estimate(UINT64_MAX, UINT64_MAX) == UINT64_MAX,
	    "more pages than there can be");
}

/* Without a limit on the time that the guest stands still. */
static void
test_pages(void)
{
	const struct precopy_limits l = { .rounds = 5, .stop_dirty = 50 };
	const struct precopy_limits never = { .rounds = 2, .stop_dirty = 0 };

	ok(precopy_next(&l, 1, 50, 1) == PRECOPY_ROUND,
	    "as many as allowed are too many");
	ok(precopy_next(&l, 1, 49, 1) == PRECOPY_STOP, "fewer stop it");
	ok(precopy_next(&l, 1, 49, 0) == PRECOPY_STOP, "at any rate");
	ok(precopy_next(&l, 4, UINT64_MAX, 0) == PRECOPY_ROUND,
	    "the last round but one");
	ok(precopy_next(&l, 5, UINT64_MAX, 0) == PRECOPY_STOP,
	    "the last round stops it, as in xl");
	ok(precopy_next(&l, 6, 1000, 0) == PRECOPY_STOP, "and any later");
	ok(precopy_next(&never, 1, 0, 1) == PRECOPY_ROUND &&
	    precopy_next(&never, 2, 0, 1) == PRECOPY_STOP,
	    "with --stop-dirty 0 all rounds are made");
}

/* With one: 1 page/ms, 100 ms. */
static void
test_downtime(void)
{
	const struct precopy_limits l = { .rounds = 3, .stop_dirty = 50,
	    .downtime = 100 };
	const uint64_t rate = 4096000;

	ok(precopy_next(&l, 1, 100, rate) == PRECOPY_STOP,
	    "what fits stops it at once");
	ok(precopy_next(&l, 2, 101, rate) == PRECOPY_ROUND,
	    "what does not is sent in a round");
	ok(precopy_next(&l, 3, 101, rate) == PRECOPY_GIVE_UP,
	    "and given up after the last");
	ok(precopy_next(&l, 3, 100, rate) == PRECOPY_STOP,
	    "what fits after the last stops it");
	ok(precopy_next(&l, 1, 10, rate / 100) == PRECOPY_ROUND,
	    "few pages on a slow way are not few");
	ok(precopy_next(&l, 3, 10, 0) == PRECOPY_GIVE_UP, "no way at all");
	ok(precopy_next(&l, 1, 0, 0) == PRECOPY_STOP,
	    "nothing dirty stops it");
	ok(precopy_next(&l, 1, 200, 2 * rate) == PRECOPY_STOP &&
	    precopy_next(&l, 1, 201, 2 * rate) == PRECOPY_ROUND,
	    "twice the rate, twice the pages");
}

int
main(void)
{
	test_rate();
	test_estimate();
	test_pages();
	test_downtime();
	return tap_end();
}
