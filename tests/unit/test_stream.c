/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "format.h"
#include "stream.h"
#include "tap.h"
#include "vector.h"

/* One letter per piece of the vector: kind of part, or the fault's status. */
static const char *
pieces(int fd, bool whole, bool pass, struct fault *f)
{
	static const char letters[] = { [PART_ENVELOPE] = 'e',
	    [PART_LIBXL] = 'l', [PART_LIBXL_BODY] = 'l',
	    [PART_IMAGE] = 'i', [PART_RECORD] = 'r',
	    [PART_BODY] = 'b', [PART_REST] = 'x' };
	static char text[400];
	struct record rec = { 0 };
	struct stream s;
	size_t n = 0;
	int result;

	if (stream_open(&s, fd, f) == -1)
		return "no memory";
	s.whole = whole;
	s.pass_after_end = pass;
	while ((result = stream_next(&s, &rec, f)) == 1 &&
	    n + 2 < sizeof(text))
		text[n++] = rec.type == REC_END && rec.part == PART_RECORD ?
		    'E' : letters[rec.part];
	if (result == -1)
		text[n++] = (char)('0' + f->status);
	text[n] = '\0';
	stream_close(&s);
	record_free(&rec);
	close(fd);
	return text;
}

static void
test_pieces(void)
{
	static const struct {
		const char *name, *pieces;
	} vectors[] = {
		{ "good-empty", "iE" },
		{ "good-tiny", "irrrrE" },
		{ "good-libxl", "llirrrrElllllll" },
		{ "good-libxl-body", "lllirrrrEl" },
		{ "good-xl", "eellirrrrElllllll" },
		{ "good-xl-none", "ellirrrrEl" },
		{ "good-virsh", "eellirrrrEl" },
		{ "good-checkpoint-end", "irrrrrrrrrrrrrrrrrE" },
		{ "good-libxl-checkpoint-end",
		    "llirrrrrrrrlllllrrrrrlllllrEl" },
		{ "cut-checkpoint-header", "irrrrrrrr3" },
		{ "bad-empty", "3" },
		{ "bad-after-end", "irrrr3" },
		{ "bad-libxl-image", "ll3" },
		{ "bad-image-version-4", "5" },
	};
	struct fault f;
	size_t i;

	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *got = pieces(vector_open(vectors[i].name), true,
		    false, &f);

		if (!ok(strcmp(got, vectors[i].pieces) == 0, "pieces of %s",
		    vectors[i].name))
			printf("# %s\n", got);
	}
	ok(strcmp(pieces(vector_open("bad-after-end"), true, true, &f),
	    "irrrrEx") == 0, "what follows END, handed on");
	ok(strcmp(pieces(vector_open("good-tiny"), true, true, &f),
	    "irrrrE") == 0, "nothing follows END");
}

/* A record of 600 KiB and END, from a descriptor. */
static int
large(void)
{
	static uint8_t bytes[40 + 8 + (600u << 10) + 8] = IMAGE_MAGIC
	    "\0\0\0\3";

	memcpy(bytes + 40, "\x09\0\0\0\xff\x5f\x09\0", 8);
	memset(bytes + 48, 1, 600u << 10);
	return bytes_open(bytes, sizeof(bytes));
}

static void
test_large(void)
{
	struct fault f;
	const char *got = pieces(large(), false, false, &f);
	size_t bodies = strspn(got + 2, "b");

	ok(strncmp(got, "irb", 3) == 0 && strcmp(got + 2 + bodies, "E") == 0,
	    "a large record in pieces");
	ok(strcmp(pieces(large(), true, false, &f), "irE") == 0,
	    "a large record as a whole");
}

/* Each piece of a long body says whose it is, and they are all of it. */
static void
test_place(void)
{
	const size_t most = 256u << 10;
	struct record rec = { 0 };
	struct stream s;
	struct fault f;
	bool told = true;
	size_t sum;
	int ends;

	if (stream_open(&s, large(), &f) == -1)
		return;
	stream_next(&s, &rec, &f);
	stream_next(&s, &rec, &f);
	ok(rec.part == PART_RECORD && rec.size == most,
	    "the first piece is a full one");
	for (sum = rec.size; stream_next(&s, &rec, &f) == 1 &&
	    rec.part == PART_BODY; sum += rec.size)
		told = told && rec.type == REC_HVM_CONTEXT &&
		    rec.index == 0 && rec.offset == 40 &&
		    rec.length == (600u << 10) - 1 && rec.size > 0 &&
		    rec.size <= most;
	ok(told, "more of a body says whose it is");
	ok(sum == 600u << 10, "the rest comes with its padding");
	ok(rec.type == REC_END && rec.index == 1 &&
	    rec.offset == 48 + (600u << 10), "and so does what is next");
	for (ends = 0; ends < 2 && stream_next(&s, &rec, &f) == 0; ends++)
		;
	ok(ends == 2, "the end stays the end");
	stream_close(&s);
	record_free(&rec);
}

static void
test_write(void)
{
	uint8_t body[8] = "12345\0\0", got[64];
	struct record rec = { .part = PART_RECORD, .type = 0x01020304,
	    .length = 5, .size = 8, .body = body };
	struct sink out;
	struct fault f;
	int fd = bytes_open("", 0);

	sink_open(&out, fd);
	ok(stream_write(&out, &rec, &f) == 0 && out.offset == 16,
	    "a record is written with its header");
	rec.part = PART_NONE;
	ok(stream_write(&out, &rec, &f) == 0 && out.offset == 16,
	    "nothing of one that was taken out");
	rec.part = PART_BODY;
	ok(stream_write(&out, &rec, &f) == 0 && out.offset == 24,
	    "more of a body without a header");
	ok(pread(fd, got, sizeof(got), 0) == 24 && memcmp(got,
	    "\4\3\2\1\5\0\0\0" "12345\0\0\0" "12345\0\0", 24) == 0,
	    "the bytes are right");
	ok(sink_close(&out, &f) == 0 && out.fd == -1, "closed");
	rec.part = PART_RECORD;
	ok(stream_write(&out, &rec, &f) == 0 && out.offset == 40,
	    "thrown away, but counted");
	sink_open(&out, vector_open("good-tiny"));
	faulty(stream_write(&out, &rec, &f), &f, EXIT_SYSTEM,
	    "write at byte 0: Bad file descriptor");
}

int
main(void)
{
	test_pieces();
	test_large();
	test_place();
	test_write();
	return tap_end();
}
