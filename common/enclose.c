/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "enclose.h"
#include "gather.h"
#include "pmap.h"
#include "seal_chunk.h"
#include "stream.h"

struct packer {
	struct enclose *e;
	struct gather in;
	struct sink out;
	uint64_t number;	/* of the next chunk */
	uint64_t padding;	/* chunks to come that are nothing else */
};

/* One thread's: a chunk, or what stands behind the stream's END. */
struct crate {
	const struct seal *seal;
	struct seal_epoch epoch;
	struct record rec;
	struct chunk chunk;
};

/* The payload ended: are there chunks to come that pad it? */
static void
end_payload(struct packer *p, struct chunk *c)
{
	if (p->e->seal->padded)
		p->padding = seal_padding(p->number);
	c->last = p->padding == 0;
}

static int
read_crate(void *ctx, void *worker, struct fault *f)
{
	struct packer *p = ctx;
	struct crate *w = worker;
	size_t room = p->e->seal->chunk - CHUNK_HEADER_SIZE;
	struct gathered run;
	int result;

	if (record_reserve(&w->rec, SEAL_TEXT_OFFSET + p->e->seal->chunk +
	    SEAL_TAG_SIZE, f) == -1)
		return -1;
	if (p->padding > 0) {
		p->padding--;
		w->rec.part = PART_RECORD;
		w->chunk = (struct chunk){
			.number = p->number++, .last = p->padding == 0,
		};
		return 1;
	}
	result = gather_next(&p->in, chunk_payload(&w->rec), room, &run, f);
	if (result != 1)
		return result;
	w->rec.part = run.rest ? PART_REST : PART_RECORD;
	w->chunk.used = (uint32_t)run.size;
	if (run.rest)
		return 1;
	w->chunk = (struct chunk){
		.number = p->number++, .used = (uint32_t)run.size,
		.ends = run.ends, .checkpoint = run.checkpoint,
	};
	p->e->payload += run.size;
	if (run.ends)
		end_payload(p, &w->chunk);
	return 1;
}

static int
seal_crate(void *worker, struct fault *f)
{
	struct crate *w = worker;

	return w->rec.part == PART_REST ? 0 :
	    seal_chunk(w->seal, &w->epoch, &w->chunk, &w->rec, f);
}

static int
write_headers(struct packer *p, struct fault *f)
{
	uint8_t image[IMAGE_HEADERS_SIZE];
	struct iovec iov = { .iov_base = image, .iov_len = sizeof(image) };

	memcpy(image, seal_image, sizeof(image));
	if (sink_write(&p->out, &iov, 1, f) == -1)
		return -1;
	return stream_write(&p->out, p->e->header, f);
}

static int
write_crate(void *ctx, void *worker, struct fault *f)
{
	struct packer *p = ctx;
	struct crate *w = worker;
	struct iovec rest = { .iov_base = chunk_payload(&w->rec),
		.iov_len = w->chunk.used };

	if (w->rec.part == PART_REST)
		return sink_write(&p->out, &rest, 1, f);
	/* Of what is no stream nothing comes out, not even headers. */
	if ((w->chunk.number == 0 && write_headers(p, f) == -1) ||
	    stream_write(&p->out, &w->rec, f) == -1)
		return -1;
	p->e->chunks++;
	return w->chunk.last ? stream_write(&p->out, &record_end, f) : 0;
}

int
enclose_run(struct enclose *e, struct fault *f)
{
	struct packer *p = calloc(1, sizeof(*p));
	struct crate *crate = calloc(e->threads, sizeof(*crate));
	void **worker = calloc(e->threads, sizeof(*worker));
	struct pmap m = {
		.threads = e->threads, .worker = worker, .ctx = p,
		.read = read_crate, .work = seal_crate, .write = write_crate,
	};
	unsigned i;

	if (p == NULL || crate == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < e->threads; i++) {
		crate[i].seal = e->seal;
		worker[i] = &crate[i];
	}
	p->e = e;
	sink_open(&p->out, e->out);
	if (gather_open(&p->in, e->in, REC_SEAL_HEADER, f) == -1)
		return -1;
	p->in.in.pass_after_end = e->pass_after_end;
	if (pmap_run(&m, f) == -1 || sink_close(&p->out, f) == -1)
		return -1;	/* workers may still use what was allocated */
	for (i = 0; i < e->threads; i++) {
		seal_epoch_free(&crate[i].epoch);
		record_free(&crate[i].rec);
	}
	gather_close(&p->in);
	free(worker);
	free(crate);
	free(p);
	return 0;
}
