/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "checked.h"
#include "container.h"
#include "filter.h"
#include "seal_chunk.h"
#include "stream.h"
#include "types.h"
#include "unseal.h"

/* What the threads share. */
struct opening {
	struct unseal *u;
	struct checked checked;

	/* In the order of reading; seal is only read once it is set. */
	uint8_t  image[IMAGE_HEADERS_SIZE];
	bool     has_image, has_header;
	uint64_t next;		/* number of the next chunk */
	struct seal seal;

	/* In the order of writing. */
	struct sink *out;
	struct record end;	/* the chunk that ends the payload, held */
	bool     last, ended;	/* the last chunk came, the payload's end */
};

/* One thread's. */
struct opener {
	struct opening *o;
	struct checking checking;
	struct seal_epoch epoch;
	uint64_t number;	/* of its chunk */
	bool     is_chunk;
};

/* The stream key, from the envelope, and whether the header fits it. */
static int
unlock(struct opening *o, const struct record *rec, struct fault *f)
{
	struct seal_header h;
	uint8_t *key;
	int result;

	if (seal_look(rec, &h, f) == -1)
		return -1;
	if (memcmp(o->image, container_image, IMAGE_HEADERS_SIZE) != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "the headers "
		    "before it are not those of a container");
	if ((key = sodium_malloc(SEAL_KEY_SIZE)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for a key");
	result = o->u->unwrap(o->u->keys, h.envelope, h.envelope_size, key,
	    f);
	if (result == 0)
		result = seal_unlock(&o->seal, o->image, rec, &h, key, f);
	sodium_free(key);
	return result;
}

/* The first record that is no check data has to be the header. */
static int
take_header(struct opening *o, const struct record *rec, struct fault *f)
{
	if (!o->has_image || rec->type != REC_SEAL_HEADER ||
	    !type_is_ours(rec)) {
		fault_set(f, EXIT_REFUSED, "the stream is not encrypted");
		return fault_hint(f, "without a key it is read as it is");
	}
	o->has_header = true;
	return unlock(o, rec, f);
}

static int
first(void *worker, struct record *rec, struct fault *f)
{
	struct opener *w = worker;
	struct opening *o = w->o;

	w->is_chunk = false;
	checking_first(&w->checking, rec);
	if (rec->part == PART_IMAGE && !o->has_image) {
		memcpy(o->image, rec->body, IMAGE_HEADERS_SIZE);
		o->has_image = true;
		return 0;
	}
	if (rec->part == PART_REST || (o->u->checked &&
	    rec->part == PART_RECORD && type_is_check(rec)))
		return 0;
	if (!o->has_header)
		return take_header(o, rec, f);
	if (rec->part == PART_RECORD && rec->type != REC_END) {
		w->is_chunk = true;
		w->number = o->next++;
	}
	return 0;
}

static void
arrived(void *worker, const struct record *rec, size_t from, size_t size)
{
	struct opener *w = worker;

	checking_arrived(&w->checking, rec, from, size);
}

static int
work(void *worker, struct record *rec, struct fault *f)
{
	struct opener *w = worker;

	checking_work(&w->checking, rec);
	return !w->is_chunk ? 0 :
	    seal_open(&w->o->seal, &w->epoch, w->number, rec, f);
}

static int
write_payload(struct opening *o, const struct record *rec, struct fault *f)
{
	struct chunk c = seal_chunk_of(rec);

	o->u->payload += c.used;
	o->u->checkpoints += c.checkpoint;
	return sink_put(o->out, chunk_payload(rec), c.used, f);
}

static int
take_chunk(struct opening *o, struct record *rec, struct fault *f)
{
	struct chunk c = seal_chunk_of(rec);

	if (o->last)
		return record_fault(f, EXIT_INTEGRITY, rec,
		    "comes behind the last chunk");
	if (o->ended && (c.used > 0 || c.ends || c.checkpoint))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "authentic, but has payload behind its end");
	if (c.last && !o->ended && !c.ends)
		return record_fault(f, EXIT_MALFORMED, rec, "authentic, and "
		    "the last chunk, but the payload's end did not come");
	if (c.ends && c.used == 0)
		return record_fault(f, EXIT_MALFORMED, rec, "authentic, but "
		    "the payload ended before it says so");
	o->u->chunks++;
	o->last = c.last;
	o->ended |= c.ends;
	if (!c.ends)
		return write_payload(o, rec, f);
	record_move(&o->end, rec);
	return 0;
}

static int
take_end(struct opening *o, const struct record *rec, struct fault *f)
{
	if (!o->has_header)
		return fault_set(f, EXIT_REFUSED,
		    "the stream is not encrypted");
	if (!o->last)
		return record_fault(f, EXIT_INTEGRITY, rec, "no last chunk "
		    "came before it: chunks are missing");
	return write_payload(o, &o->end, f);
}

/* A piece of the container that is sound as far as check data can say. */
static int
take(void *taker, struct record *rec, struct fault *f)
{
	struct opening *o = taker;

	if (rec->part == PART_REST)
		return stream_write(o->out, rec, f);
	if (rec->part != PART_RECORD)
		return 0;
	if (rec->type == REC_END)
		return take_end(o, rec, f);
	return rec->type == REC_SEAL_CHUNK ? take_chunk(o, rec, f) : 0;
}

static int
hand_on(void *worker, struct record *rec, struct sink *out, struct fault *f)
{
	struct opener *w = worker;
	struct opening *o = w->o;

	o->out = out;
	if (!o->u->checked)
		return take(o, rec, f);
	return checked_take(&o->checked, checking_as_read(&w->checking, rec),
	    &w->checking.leaf, rec, take, o, f);
}

/* A container that is cut says how many checkpoints came out of it. */
static void
count_checkpoints(const struct unseal *u, struct fault *f)
{
	if (u->checkpoints > 0 && f->status == EXIT_MALFORMED)
		fault_hint(f, "%" PRIu64 " complete checkpoints came out of "
		    "it", u->checkpoints);
}

int
unseal_run(struct unseal *u, struct fault *f)
{
	struct opening *o = calloc(1, sizeof(*o));
	struct opener *opener = calloc(u->threads, sizeof(*opener));
	void **worker = calloc(u->threads, sizeof(*worker));
	struct codec codec = {
		.layer = u->checked ? 0 : REC_SEAL_HEADER, .undo = true,
		.whole = true, .arrived = arrived, .first = first,
		.work = work, .write = hand_on, .worker = worker,
	};
	struct filter filter = {
		.in = u->in, .out = u->out, .threads = u->threads,
		.pass_after_end = u->pass_after_end, .codec = &codec,
	};
	unsigned i;

	if (o == NULL || opener == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	o->u = u;
	for (i = 0; i < u->threads; i++) {
		opener[i].o = o;
		opener[i].checking.kind = &o->checked.kind;
		worker[i] = &opener[i];
	}
	if (filter_run(&filter, f) == -1) {
		count_checkpoints(u, f);
		return -1;	/* workers may still use what was allocated */
	}
	for (i = 0; i < u->threads; i++)
		seal_epoch_free(&opener[i].epoch);
	seal_free(&o->seal);
	record_free(&o->end);
	checked_free(&o->checked);
	free(worker);
	free(opener);
	free(o);
	return 0;
}
