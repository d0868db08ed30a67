/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "stream.h"
#include "tally.h"
#include "tap.h"
#include "uuid.h"
#include "vector.h"

static void
test_crc(void)
{
	uint8_t digits[] = "123456789";
	struct record rec = { .part = PART_RECORD, .size = 9,
	    .body = digits };

	tally_crc(&rec);
	ok(rec.crc == 0xe3069283, "CRC-32C of 123456789");
	rec.size = 0;
	tally_crc(&rec);
	ok(rec.crc == 0, "CRC-32C of nothing");
}

/* The digest of a vector, as hex, read whole or in pieces. */
static void
tally_vector(const char *name, bool whole, struct tally *t, char *hex)
{
	uint8_t digest[TALLY_DIGEST_SIZE];
	struct record rec = { 0 };
	struct stream s;
	struct fault f;
	int fd = vector_open(name);

	hex[0] = '\0';
	if (stream_open(&s, fd, &f) == -1)
		return;
	s.whole = whole;
	tally_begin(t);
	while (stream_next(&s, &rec, &f) == 1) {
		if (whole) {
			tally_crc(&rec);
			tally_add(t, &rec);
		} else {
			tally_piece(t, &rec);
		}
	}
	tally_end(t, digest);
	hex_print(digest, sizeof(digest), hex);
	stream_close(&s);
	record_free(&rec);
	close(fd);
}

/* What Python says of the vectors, one in a line. */
static void
test_vectors(void)
{
	char path[4096], name[100], want[100], got[100];
	char records[21], pages[21];
	struct tally t = { 0 };
	FILE *list = fopen(vector_path("digests", path, sizeof(path)), "r");
	int whole;

	if (!ok(list != NULL && fscanf(list, "%*[^\n]") == 0,
	    "there is a list of digests"))
		return;
	while (fscanf(list, "%99s %20s %20s %99s", name, records, pages,
	    want) == 4)
		for (whole = 0; whole <= 1; whole++) {
			tally_vector(name, whole, &t, got);
			if (!ok(t.records == strtoull(records, NULL, 10) &&
			    t.pages == strtoull(pages, NULL, 10) &&
			    strcmp(got, want) == 0, "%s, %s", name,
			    whole ? "whole" : "in pieces"))
				printf("# %" PRIu64 " %" PRIu64 " %s\n",
				    t.records, t.pages, got);
		}
	fclose(list);
}

/* A record in pieces counts as one: its CRC runs over all of them. */
static void
test_pieces(void)
{
	uint8_t body[4096], one[TALLY_DIGEST_SIZE], two[TALLY_DIGEST_SIZE];
	struct record rec = { .part = PART_RECORD, .type = REC_SHARED_INFO,
	    .length = sizeof(body), .size = sizeof(body), .body = body };
	struct tally t;

	memset(body, 7, sizeof(body));
	tally_begin(&t);
	tally_piece(&t, &rec);
	tally_end(&t, one);
	tally_begin(&t);
	rec.size = 1000;
	tally_piece(&t, &rec);
	rec.part = PART_BODY;
	rec.size = 3000;
	tally_piece(&t, &rec);
	rec.size = 96;
	tally_piece(&t, &rec);
	ok(t.records == 1, "one record");
	tally_end(&t, two);
	ok(memcmp(one, two, sizeof(one)) == 0, "with one digest");
	body[4095] = 8;
	tally_begin(&t);
	rec.part = PART_RECORD;
	rec.size = sizeof(body);
	tally_piece(&t, &rec);
	tally_end(&t, two);
	ok(memcmp(one, two, sizeof(one)) != 0, "and another for others");
}

int
main(void)
{
	if (sodium_init() == -1)
		return 1;
	test_crc();
	test_vectors();
	test_pieces();
	return tap_end();
}
