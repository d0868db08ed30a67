/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Streams of every kind taken apart (stream.h): in pieces and whole, which is
 * to come to the same; and written again, which is to be the input.
 */
#include <string.h>

#include "format.h"
#include "fuzz.h"
#include "stream.h"

struct pass {
	bool whole;
	int  result;
	struct fault fault;
	uint64_t records, checkpoints;
	bool ended;		/* END was handed out */
};

static void
read_all(struct pass *p, const uint8_t *bytes, size_t size, int out)
{
	struct record rec = { .body = NULL };
	struct sink sink;
	struct stream s;

	sink_open(&sink, out);
	fuzz_holds(stream_open(&s, fuzz_input(bytes, size), &p->fault) == 0,
	    "a reader opens");
	s.whole = p->whole;
	while ((p->result = stream_next(&s, &rec, &p->fault)) == 1) {
		fuzz_holds(!p->ended, "END is the last piece");
		p->records += rec.part == PART_RECORD;
		p->ended = stream_ends(&s, &rec);
		fuzz_holds(rec.size <= rec.room, "a piece has its bytes");
		fuzz_holds(!p->whole || rec.part != PART_BODY,
		    "whole records have no more pieces");
		fuzz_holds(stream_write(&sink, &rec, &p->fault) == 0,
		    "a piece is written");
	}
	p->checkpoints = s.checkpoints;
	record_free(&rec);
	stream_close(&s);
	fuzz_holds(sink_close(&sink, &p->fault) == 0, "the output closes");
	fuzz_holds((p->result == 0) == p->ended, "a whole stream has END");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct pass pieces = { .whole = false }, whole = { .whole = true };
	const uint8_t *written;
	size_t has;

	read_all(&pieces, bytes, size, -1);
	read_all(&whole, bytes, size, fuzz_output());
	written = fuzz_written(&has);
	fuzz_holds(has <= size && memcmp(written, bytes, has) == 0,
	    "what comes out is the input, up to where that is wrong");
	fuzz_holds(pieces.result == whole.result &&
	    pieces.checkpoints == whole.checkpoints,
	    "in pieces it is the same stream");
	if (whole.result == 0) {
		fuzz_holds(has == size, "all of a whole stream comes out");
		fuzz_holds(pieces.records == whole.records, "so many records");
	} else {
		fuzz_failed(&pieces.fault);
		fuzz_failed(&whole.fault);
		fuzz_holds(pieces.fault.status == whole.fault.status,
		    "in pieces it is as wrong");
	}
	return 0;
}
