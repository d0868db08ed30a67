/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "gather.h"
#include "pmap.h"
#include "stream.h"

/* Version 3 of the image format; type 0, 4 KiB pages, from no Xen. */
const uint8_t container_image[IMAGE_HEADERS_SIZE] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	'X', 'E', 'N', 'F', 0, 0, 0, 3,
	[DOMAIN_PAGE_SHIFT_OFFSET] = 12,
};

int
container_begin(struct sink *out, const struct record *header,
    struct fault *f)
{
	if (sink_put(out, container_image, sizeof(container_image),
	    f) == -1)
		return -1;
	return stream_write(out, header, f);
}

struct packer {
	struct container c;	/* a copy: a worker may outlive the caller's */
	struct gather in;
	uint64_t number;	/* of the next chunk */
	uint64_t padding;	/* chunks to come that are nothing else */
};

/* One thread's: a chunk, or what stands behind the stream's END. */
struct crate {
	const struct container *c;
	void *worker;
	struct record rec;
	struct chunk chunk;
};

/* The payload ended: are there chunks to come that pad it? */
static void
end_payload(struct packer *p, struct chunk *chunk)
{
	if (p->c.padding != NULL)
		p->padding = p->c.padding(p->number);
	chunk->last = p->padding == 0;
}

static int
read_crate(void *ctx, void *worker, struct fault *f)
{
	struct packer *p = ctx;
	struct crate *w = worker;
	const struct container *c = &p->c;
	struct gathered run;
	int result;

	if (p->padding > 0) {
		p->padding--;
		w->rec.part = PART_RECORD;
		w->chunk = (struct chunk){
			.number = p->number++, .last = p->padding == 0,
		};
		return 1;
	}
	result = gather_next(&p->in, w->rec.body + c->front, c->payload, &run,
	    f);
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
	if (run.ends)
		end_payload(p, &w->chunk);
	return 1;
}

static int
make_crate(void *worker, struct fault *f)
{
	struct crate *w = worker;

	return w->rec.part == PART_REST ? 0 :
	    w->c->make(w->worker, &w->chunk, &w->rec, f);
}

static int
write_crate(void *ctx, void *worker, struct fault *f)
{
	struct packer *p = ctx;
	struct container *c = &p->c;
	struct crate *w = worker;

	if (w->rec.part == PART_REST)
		return c->pass(c->ctx, w->rec.body + c->front, w->chunk.used,
		    f);
	c->chunks++;
	c->bytes += w->chunk.used;
	return c->write(c->ctx, &w->chunk, &w->rec, f);
}

int
container_fill(struct container *c, struct fault *f)
{
	struct packer *p = calloc(1, sizeof(*p));
	struct crate *crate = calloc(c->threads, sizeof(*crate));
	void **worker = calloc(c->threads, sizeof(*worker));
	struct pmap m = {
		.threads = c->threads, .worker = worker, .ctx = p,
		.read = read_crate, .work = make_crate, .write = write_crate,
	};
	unsigned i;

	if (p == NULL || crate == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	for (i = 0; i < c->threads; i++) {
		crate[i].c = &p->c;
		crate[i].worker = c->worker[i];
		worker[i] = &crate[i];
		/* Now: a thread's first chunk may be behind the last, when END
		 * is out. */
		if (record_reserve(&crate[i].rec, c->front + c->payload +
		    c->back, f) == -1)
			return -1;
	}
	p->c = *c;
	if (gather_open(&p->in, c->in, c->layer, f) == -1)
		return -1;
	p->in.in.pass_after_end = c->pass_after_end;
	if (pmap_run(&m, f) == -1)
		return -1;	/* workers may still use what was allocated */
	for (i = 0; i < c->threads; i++)
		record_free(&crate[i].rec);
	gather_close(&p->in);
	c->chunks = p->c.chunks;
	c->bytes = p->c.bytes;
	free(worker);
	free(crate);
	free(p);
	return 0;
}
