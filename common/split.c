/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "split.h"

static int
write_chunk(void *volumes, const struct chunk *c, const struct record *rec,
    struct fault *f)
{
	return volumes_write(volumes, c, rec, f);
}

int
split_run(struct split *s, struct fault *f)
{
	struct volumes *v = &s->volumes;
	/* What a chunk needs of the header is the same in all parts. */
	struct part_header *header = malloc(sizeof(*header));
	void **worker = calloc(s->threads, sizeof(*worker));
	struct container c = {
		.in = s->in, .threads = s->threads,
		.layer = REC_PART_HEADER, .worker = worker, .make = part_chunk_make,
		.front = PART_PAYLOAD_OFFSET, .back = 8,
		.ctx = v, .write = write_chunk,
	};
	unsigned i;

	if (header == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	if (volumes_begin(v, f) == -1)
		return -1;
	*header = v->header;
	c.payload = header->chunk;
	for (i = 0; i < s->threads; i++)
		worker[i] = header;
	if (container_fill(&c, f) == -1 || volumes_publish(v, f) == -1) {
		volumes_close(v);
		return -1;	/* workers may still use what was allocated */
	}
	s->chunks = c.chunks;
	s->payload = c.bytes;
	free(worker);
	free(header);
	return 0;
}
