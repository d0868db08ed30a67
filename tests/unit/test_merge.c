/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Chunks in any order; where they come again, and where none may be.
 */
#include <fcntl.h>
#include <unistd.h>

#include "merge.h"
#include "tap.h"

#define WINDOW	2u

static struct merge m;
static int back;	/* what is written comes out there */

/* Chunk n has the payload "n", once or, to tell them apart, as `payload`. */
static int
add(uint64_t number, char payload, bool last, struct fault *f)
{
	struct part_header h = { .chunk = PART_CHUNK_MIN };
	const struct chunk c = { .number = number, .last = last, .used = 1 };
	struct record rec = { 0 };
	int result;

	if (record_reserve(&rec, PART_PAYLOAD_OFFSET + 8, f) == -1)
		return -1;
	rec.body[PART_PAYLOAD_OFFSET] = (uint8_t)payload;
	part_chunk_make(&h, &c, &rec, &(struct fault){ 0 });
	result = merge_add(&m, &c, &rec, f);
	record_free(&rec);
	return result;
}

/* What was written since. */
static bool
gives(const char *want)
{
	char got[64] = "";
	struct fault f;
	ssize_t n;

	if (merge_write(&m, &f) == -1)
		return false;
	n = read(back, got, sizeof(got) - 1);
	return n == (ssize_t)strlen(want) || (n == -1 && *want == '\0') ?
	    strcmp(got, want) == 0 : false;
}

static void
test_order(void)
{
	struct fault f;

	ok(add(1, '1', false, &f) == 0 && gives(""), "1 waits for 0");
	ok(add(1, 'x', false, &f) == 0 && m.again == 1, "it comes again");
	ok(add(0, '0', false, &f) == 0 && gives("01"), "0, and both go out");
	ok(add(0, 'x', false, &f) == 0 && add(1, 'x', false, &f) == 0 &&
	    m.again == 3 && gives(""), "both come again: nothing goes out");
	ok(add(3, '3', false, &f) == 0 && gives(""), "3 in the place of 1");
	ok(add(2, '2', false, &f) == 0 && gives("23"), "2, and both go out");
}

static void
test_refused(void)
{
	struct fault f;

	faulty(add(6, 'x', false, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(PART_CHUNK) at byte 0: chunk 6 comes while 4 is due, with a "
	    "window of 2");
	faulty(add(UINT64_MAX, 'x', false, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(PART_CHUNK) at byte 0: chunk 18446744073709551615 comes while 4 "
	    "is due, with a window of 2");
	ok(add(5, '5', false, &f) == 0, "5 waits");
	faulty(add(4, 'x', true, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(PART_CHUNK) at byte 0: chunk 4 and others that come behind the "
	    "last");
	ok(add(4, '4', false, &f) == 0 && gives("45"), "4, and both go out");
	ok(add(6, '6', true, &f) == 0 && !merge_ended(&m), "6 is the last");
	faulty(add(7, 'x', false, &f), &f, EXIT_MALFORMED, "record 0 "
	    "(PART_CHUNK) at byte 0: chunk 7 and others that come behind the "
	    "last");
	ok(gives("6") && merge_ended(&m), "it goes out, and that is all");
	ok(m.payload == 7 && m.next == 7, "7 bytes, 7 chunks");
}

int
main(void)
{
	struct fault f;
	int ends[2];

	if (pipe2(ends, O_NONBLOCK) == -1)
		return 1;
	back = ends[0];
	outlet_open(&m.out, ends[1]);
	if (merge_open(&m, WINDOW, &f) == -1)
		return 1;
	test_order();
	test_refused();
	merge_close(&m);
	outlet_close(&m.out, &f);
	return tap_end();
}
