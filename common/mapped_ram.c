/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "io.h"
#include "mapped_ram.h"
#include "memory_stream.h"
#include "qemu_file.h"

/* A byte of a bitmap for 8 pages, and another where they do not begin one. */
#define BITS_SIZE	(MEMORY_STREAM_BATCH / 8 + 1)

struct mapped_ram {
	const struct convert *c;
	struct qemu_file file;
	struct memory_stream out;
	bool found;		/* its block */
};

static const struct {
	const char *prefix;	/* of the machine's name */
	uint64_t from, below;
} machines[] = {
	{ PC_Q35, PC_Q35_FROM, PC_Q35_BELOW },
	{ PC_I440FX, PC_I440FX_FROM, PC_I440FX_BELOW },
	{ MICROVM, MICROVM_FROM, MICROVM_BELOW },
};
#define MACHINES	(sizeof(machines) / sizeof(machines[0]))

bool
mapped_ram_knows(const uint8_t *bytes, size_t size)
{
	return size >= QEMU_MAGIC_SIZE &&
	    memcmp(bytes, QEMU_MAGIC, QEMU_MAGIC_SIZE) == 0;
}

/* How much of the block is below 4 GiB. */
static int
find_lowmem(const struct mapped_ram *m, uint64_t length, uint64_t *low,
    struct fault *f)
{
	const char *machine = m->file.machine;
	size_t i;

	*low = m->c->lowmem;
	for (i = 0; *low == 0 && i < MACHINES; i++)
		if (strncmp(machine, machines[i].prefix,
		    strlen(machines[i].prefix)) == 0)
			*low = length < machines[i].from ? length :
			    machines[i].below;
	if (*low != 0)
		return 0;
	fault_set(f, EXIT_REFUSED, "where the memory of machine '%s' is, is "
	    "not known", machine);
	return fault_hint(f, "--lowmem says how much of it is below 4 GiB; "
	    "the rest is above");
}

static bool
is_set(const uint8_t *bits, uint64_t n)
{
	return bits[n / 8] >> n % 8 & 1;
}

/* count pages from that of the block on, to `to`. */
static int
read_pages(const struct mapped_ram *m, const struct qemu_block *b,
    uint64_t page, uint64_t count, uint8_t *to, struct fault *f)
{
	uint64_t i, n;
	uint8_t bits[BITS_SIZE];
	bool there;

	if (io_read_at(m->file.fd, bits, (size_t)((page % 8 + count + 7) / 8),
	    b->bitmap + page / 8, f) == -1)
		return -1;
	for (i = 0; i < count; i += n) {
		there = is_set(bits, page % 8 + i);
		for (n = 1; i + n < count &&
		    is_set(bits, page % 8 + i + n) == there; n++)
			;
		if (!there)
			memset(to + PAGE_SIZE * i, 0, (size_t)(PAGE_SIZE * n));
		else if (io_read_at(m->file.fd, to + PAGE_SIZE * i,
		    (size_t)(PAGE_SIZE * n), b->pages + PAGE_SIZE * (page + i),
		    f) == -1)
			return -1;
	}
	return 0;
}

/* Pages [page, end) of the block, from pfn on. */
static int
put_pages(struct mapped_ram *m, const struct qemu_block *b, uint64_t page,
    uint64_t end, uint64_t pfn, struct fault *f)
{
	uint64_t count;
	uint8_t *to;

	for (; page < end; page += count, pfn += count) {
		to = memory_stream_room(&m->out, pfn, &count, f);
		if (to == NULL)
			return -1;
		if (count > end - page)
			count = end - page;
		if (read_pages(m, b, page, count, to, f) == -1)
			return -1;
		memory_stream_take(&m->out, count);
	}
	return 0;
}

static int
put_block(struct mapped_ram *m, const struct qemu_block *b, struct fault *f)
{
	uint64_t low, pages = b->length / PAGE_SIZE;

	if (m->found || (b->bitmap == 0 && b->pages == 0))
		return fault_set(f, m->found ? EXIT_MALFORMED : EXIT_REFUSED,
		    "block '%s' at byte %" PRIu64 ": %s", b->name, b->at,
		    m->found ? "it is there twice" : "its pages were left "
		    "out, as it is shared");
	m->found = true;
	if (find_lowmem(m, b->length, &low, f) == -1)
		return -1;
	low /= PAGE_SIZE;
	if (low > pages)
		low = pages;
	if (put_pages(m, b, 0, low, 0, f) == -1)
		return -1;
	return put_pages(m, b, low, pages, PC_HIGH / PAGE_SIZE, f);
}

static bool
is_memory(const struct qemu_block *b)
{
	return strcmp(b->name, PC_RAM) == 0 ||
	    strcmp(b->name, MICROVM_RAM) == 0;
}

static int
read_blocks(struct mapped_ram *m, struct fault *f)
{
	struct qemu_block b;
	int more;

	while ((more = qemu_file_block(&m->file, &b, f)) == 1) {
		if (is_memory(&b)) {
			if (put_block(m, &b, f) == -1)
				return -1;
		} else if (m->c->verbose)
			fault_tell(m->c->tool, "left out: block '%s', %" PRIu64
			    " bytes", b.name, b.length);
	}
	if (more == -1 || qemu_file_end(&m->file, f) == -1)
		return -1;
	if (m->found)
		return 0;
	fault_set(f, EXIT_REFUSED, "no block '" PC_RAM "' or '"
	    MICROVM_RAM "' is in it");
	return fault_hint(f, "-v lists those that are; memory in several "
	    "blocks, as with NUMA, is not read");
}

int
mapped_ram_read(const struct convert *c, int out, struct fault *f)
{
	struct mapped_ram m = { .c = c };
	int result;

	if (qemu_file_open(&m.file, c->in, f) == -1)
		return -1;
	result = memory_stream_open(&m.out, out, f);
	if (result == 0)
		result = read_blocks(&m, f);
	if (result == 0)
		result = memory_stream_end(&m.out, f);
	memory_stream_close(&m.out);
	return result;
}
