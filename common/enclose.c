/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "container.h"
#include "enclose.h"
#include "seal_chunk.h"
#include "stream.h"

/* One thread's. */
struct sealer {
	struct seal seal;	/* a copy: it may outlive the caller's */
	struct seal_epoch epoch;
};

static int
make(void *worker, const struct chunk *c, struct record *rec,
    struct fault *f)
{
	struct sealer *w = worker;

	return seal_chunk(&w->seal, &w->epoch, c, rec, f);
}

static int
write_chunk(void *enclose, const struct chunk *c, const struct record *rec,
    struct fault *f)
{
	struct enclose *e = enclose;

	/* Of what is no stream nothing comes out, not even headers. */
	if ((c->number == 0 &&
	    container_begin(&e->sink, e->header, f) == -1) ||
	    stream_write(&e->sink, rec, f) == -1)
		return -1;
	return c->last ? stream_write(&e->sink, &record_end, f) : 0;
}

static int
pass(void *enclose, const uint8_t *bytes, size_t size, struct fault *f)
{
	struct enclose *e = enclose;

	return sink_put(&e->sink, bytes, size, f);
}

int
enclose_run(struct enclose *e, struct fault *f)
{
	struct sealer *sealer = calloc(e->threads, sizeof(*sealer));
	void **worker = calloc(e->threads, sizeof(*worker));
	struct container c = {
		.in = e->in, .threads = e->threads,
		.pass_after_end = e->pass_after_end,
		.layer = REC_SEAL_HEADER, .worker = worker, .make = make,
		.payload = e->seal->chunk - CHUNK_HEADER_SIZE,
		.front = SEAL_TEXT_OFFSET + CHUNK_HEADER_SIZE,
		.back = SEAL_TAG_SIZE,
		.ctx = e, .write = write_chunk, .pass = pass,
		.padding = e->seal->padded ? seal_padding : NULL,
	};
	unsigned i;

	if (sealer == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < e->threads; i++) {
		sealer[i].seal = *e->seal;
		worker[i] = &sealer[i];
	}
	sink_open(&e->sink, e->out);
	if (container_fill(&c, f) == -1 || sink_close(&e->sink, f) == -1)
		return -1;	/* workers may still use what was allocated */
	e->chunks = c.chunks;
	e->payload = c.bytes;
	for (i = 0; i < e->threads; i++)
		seal_epoch_free(&sealer[i].epoch);
	free(worker);
	free(sealer);
	return 0;
}
