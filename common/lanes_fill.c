/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "io.h"
#include "lanes_work.h"
#include "sandbox.h"
#include "stream.h"

static int
write_chunk(void *out, const struct chunk *c, const struct record *rec,
    struct fault *f)
{
	(void)c;
	return stream_write(out, rec, f);
}

int
lanes_fill(void *lanes, int fd, struct fault *f)
{
	const struct lanes *l = lanes;
	/* It may be in use when this has failed. */
	struct part_header *header = calloc(1, sizeof(*header));
	struct sink out;
	void **worker = calloc(l->threads, sizeof(*worker));
	struct container c = {
		.in = l->in, .threads = l->threads, .layer = REC_END,
		.payload = LANES_CHUNK, .front = PART_PAYLOAD_OFFSET,
		.back = 8, .worker = worker, .make = part_chunk_make,
		.ctx = &out, .write = write_chunk,
	};
	unsigned i;

	if (sandbox_enter(NULL, f) == -1)
		return -1;
	if (header == NULL || worker == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	header->chunk = LANES_CHUNK;
	memcpy(header->set, l->set, PART_SET_SIZE);
	for (i = 0; i < l->threads; i++)
		worker[i] = header;
	sink_open(&out, fd);
	/* What reads this takes a container. */
	if (sink_put(&out, container_image, IMAGE_HEADERS_SIZE, f) == -1 ||
	    container_fill(&c, f) == -1 ||
	    stream_write(&out, &record_end, f) == -1)
		return -1;
	free(worker);
	free(header);
	return sink_close(&out, f);
}
