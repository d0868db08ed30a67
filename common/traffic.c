/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/mman.h>

#include "bytes.h"
#include "config.h"
#include "format.h"
#include "traffic.h"

static struct traffic own;
static struct traffic *now = &own;

struct traffic *
traffic_now(void)
{
	return now;
}

int
traffic_share(struct fault *f)
{
	struct traffic *shared = mmap(NULL, sizeof(*shared),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return fault_set(f, EXIT_SYSTEM, "no memory to share");
	*shared = *now;
	now = shared;
	return 0;
}

void
traffic_part(void)
{
	now = &own;
}

/* PAGE_DATA's count and pfns: docs/specs/libxc-migration-stream.pandoc. */
static void
count_pages(const struct record *rec)
{
	uint64_t count, pfn;

	if (rec->size < PAGE_DATA_HEADER_SIZE + sizeof(uint64_t))
		return;
	count = get_le32(rec->body);
	pfn = get_le64(rec->body + PAGE_DATA_HEADER_SIZE) & PFN_MASK;
	if (count == 0)
		return;
	if (now->pages == 0 || pfn < now->pfn)
		now->rounds++;
	now->pfn = pfn;
	now->pages += count;
}

/* How many pages the guest has. */
static void
look_at_guest(const struct record *rec)
{
	struct config c;
	struct fault f;

	if (rec->type == REC_GUEST_CONFIG && rec->size == record_size(rec->length)) {
		if (config_get(rec, &c, &f) == 0)
			now->guest_pages = c.pages;
	} else if (rec->type == REC_X86_PV_P2M_FRAMES && now->guest_pages == 0 &&
	    rec->size >= 2 * sizeof(uint32_t)) {
		now->guest_pages = get_le32(rec->body + 4) + UINT64_C(1);
	}
}

void
traffic_piece(const struct record *rec)
{
	if (rec->part != PART_RECORD)
		return;
	now->records++;
	if (rec->type == REC_PAGE_DATA)
		count_pages(rec);
	else
		look_at_guest(rec);
}
