/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Sealed containers opened (unseal.h), with a key that is known: the front of
 * the input says what is sealed, chunk by chunk, and in what order, so that
 * what is authentic but wrong is met too.  An input that begins with an image
 * is taken as it is.
 *
 *   0  suite  1  flags  2  passes: chunks, each u8 how, u16 length
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "format.h"
#include "fuzz.h"
#include "seal_chunk.h"
#include "stream.h"
#include "unseal.h"

#define CHUNK	SEAL_CHUNK_MIN
#define CHUNKS_MAX 6u	/* of a container, each of which takes as long as a run */
#define HEAD	3u	/* bytes of a chunk's description */

/* How a chunk is made; the bits of its first byte. */
enum {
	HOW_LAST = 1, HOW_ENDS = 2, HOW_CHECKPOINT = 4, HOW_AGAIN = 8,
	HOW_SKIP = 16, HOW_USED = 32, HOW_FLAGS = 64, HOW_DAMAGED = 128
};

static const uint8_t key[SEAL_KEY_SIZE] = "what the containers are made by";

static int
unwrap(void *keys, const uint8_t *envelope, size_t size,
    uint8_t to[SEAL_KEY_SIZE], struct fault *f)
{
	(void)keys;
	(void)envelope;
	(void)size;
	(void)f;
	memcpy(to, key, SEAL_KEY_SIZE);
	return 0;
}

/*
 * Seals the chunk once more, with another header inside, as no writer does:
 * the associated data and the nonce are as xenrec.5 says.
 */
static void
seal_oddly(struct seal_epoch *e, unsigned how, struct record *rec)
{
	uint8_t ad[RECORD_HEADER_SIZE + SEAL_TEXT_OFFSET];
	uint8_t nonce[SUITE_NONCE_SIZE], *text = rec->body + SEAL_TEXT_OFFSET;
	size_t size = rec->length - SEAL_TEXT_OFFSET - SEAL_TAG_SIZE;

	memset(text, 0, size);
	put_le32(text, how & HOW_USED ? UINT32_MAX : 1);
	put_le32(text + CHUNK_FLAGS_OFFSET, how & HOW_FLAGS ? UINT32_MAX :
	    CHUNK_ENDS);
	put_le32(ad, rec->type);
	put_le32(ad + 4, rec->length);
	memcpy(ad + RECORD_HEADER_SIZE, rec->body, SEAL_TEXT_OFFSET);
	memcpy(nonce, rec->body + SEAL_NUMBER_OFFSET, 8);
	put_le32(nonce + 8, get_le16(rec->body + OUR_FLAGS_OFFSET));
	fuzz_holds(suite_seal(e->key, text, size, ad, sizeof(ad), nonce) == 0,
	    "a chunk is sealed");
}

/* One chunk of these bytes, as `how` says. */
static void
write_chunk(const struct seal *s, struct seal_epoch *e, uint64_t number,
    unsigned how, const uint8_t *bytes, size_t size, struct sink *out)
{
	struct record rec = { .part = PART_RECORD };
	struct chunk c = {
		.number = number, .last = how & HOW_LAST,
		.ends = how & HOW_ENDS, .checkpoint = how & HOW_CHECKPOINT,
		.used = (uint32_t)size,
	};
	struct fault f;

	fuzz_holds(record_reserve(&rec, seal_size(s, &c) + size + 64, &f) == 0,
	    "there is memory");
	memset(rec.body, 0, rec.room);
	memcpy(rec.body + SEAL_TEXT_OFFSET + CHUNK_HEADER_SIZE, bytes, size);
	fuzz_holds(seal_chunk(s, e, &c, &rec, &f) == 0, "a chunk is sealed");
	if (how & (HOW_USED | HOW_FLAGS))
		seal_oddly(e, how, &rec);
	if (how & HOW_DAMAGED)
		rec.body[rec.length / 2] ^= 1;
	fuzz_holds(stream_write(out, &rec, &f) == 0, "a chunk is written");
	record_free(&rec);
}

/* The container that the input describes. */
static void
make(const uint8_t *bytes, size_t size, struct sink *out)
{
	struct seal s = {
		.suite = bytes[0] % 2 + 1, .seals = true,
		.padded = bytes[1] & 1, .chunk = CHUNK,
	};
	struct seal_epoch e = { .key = NULL };
	struct record rec = { .part = PART_RECORD };
	uint64_t number = 0;
	unsigned made = 0;
	struct fault f;
	size_t at, n;

	fuzz_holds(seal_begin(&s, key, (const uint8_t *)"x", 1, &rec, &f) == 0
	    && container_begin(out, &rec, &f) == 0, "a header is made");
	for (at = 2; at + HEAD <= size && made++ < CHUNKS_MAX; at += n) {
		unsigned how = bytes[at];

		n = get_le16(bytes + at + 1);
		at += HEAD;
		if (n > size - at)
			n = size - at;
		if (n > CHUNK - CHUNK_HEADER_SIZE)
			n = CHUNK - CHUNK_HEADER_SIZE;
		number += (how & HOW_SKIP) != 0;
		number -= (how & HOW_AGAIN) && number > 0;
		write_chunk(&s, &e, number++, how, bytes + at, n, out);
	}
	fuzz_holds(stream_write(out, &record_end, &f) == 0, "END is written");
	record_free(&rec);
	seal_epoch_free(&e);
	seal_free(&s);
}

static void
open_it(int container, bool checked)
{
	struct unseal u = {
		.in = container, .out = fuzz_output(),
		.threads = 1, .unwrap = unwrap, .checked = checked,
	};
	const uint8_t *written;
	struct fault f;
	size_t has;

	if (unseal_run(&u, &f) == -1) {
		fuzz_failed(&f);
		return;
	}
	written = fuzz_written(&has);
	fuzz_holds(written != NULL && has == u.payload,
	    "as many bytes come out as it says");
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct sink out;
	struct fault f;
	bool checked;

	if (size < HEAD)
		return -1;
	checked = fuzz_choice(bytes, size, 2) == 1;
	fuzz_watch();
	if (memcmp(bytes, IMAGE_MAGIC, HEAD) == 0) {
		open_it(fuzz_input(bytes, size), checked);
	} else {
		sink_open(&out, fuzz_make_input());
		make(bytes, size, &out);
		fuzz_holds(sink_close(&out, &f) == 0, "the input closes");
		open_it(fuzz_made(), checked);
	}
	fuzz_sweep();
	return 0;
}
