/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "lint_rule.h"
#include "lint_tables.h"
#include "types.h"

#define XSAVE_SIZE_MIN	16u

int
lint_pv_info(struct lint *l, const struct record *rec, struct fault *f)
{
	unsigned width = rec->body[0], levels = rec->body[1];

	if (lint_has(l, REC_X86_PV_INFO))
		return lint_wrong(l, LINT_PV_INFO, rec, f,
		    "it comes a second time");
	if (!(width == 8 && levels == 4) && !(width == 4 && levels == 3))
		return lint_wrong(l, LINT_PV_INFO, rec, f,
		    "guest width %u with %u levels of page tables", width,
		    levels);
	l->width = width;
	if (get_le16(rec->body + 2) != 0 || get_le32(rec->body + 4) != 0)
		return lint_wrong(l, LINT_RESERVED, rec, f,
		    "its reserved bytes are not zero");
	return 0;
}

/* Keeps where the frames are, for lint_pv_end. */
static int
keep_frames(struct lint *l, const struct record *rec, uint64_t end,
    struct fault *f)
{
	uint32_t i;

	for (i = 8; i < rec->length; i += 8)
		if (get_le64(rec->body + i) > end)
			return lint_wrong(l, LINT_P2M, rec, f,
			    "frame at pfn 0x%" PRIx64 ", the last is 0x%"
			    PRIx64, get_le64(rec->body + i), end);
	return lint_tables_frames(l, rec, f);
}

int
lint_p2m(struct lint *l, const struct record *rec, struct fault *f)
{
	uint64_t start = get_le32(rec->body), end = get_le32(rec->body + 4);
	uint64_t per_frame = PAGE_SIZE / l->width, frames;

	if (start > end)
		return lint_wrong(l, LINT_P2M, rec, f,
		    "starts at pfn %" PRIu64 " and ends at %" PRIu64, start,
		    end);
	if (lint_limit(l, rec, end, f) == -1)
		return -1;
	if (end > lint_max_pfn(l))
		return 0;
	if (l->p2m_end < end)
		l->p2m_end = end;
	frames = end / per_frame - start / per_frame + 1;
	if (rec->length != 8 + 8 * frames)
		return lint_wrong(l, LINT_P2M, rec, f,
		    "length %" PRIu32 ", %" PRIu64 " frames take %" PRIu64,
		    rec->length, frames, 8 + 8 * frames);
	return keep_frames(l, rec, end, f);
}

/* The four vcpu records: u32 vcpu id, u32 reserved, a blob or nothing. */
int
lint_vcpu(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t id = get_le32(rec->body);
	uint32_t blob = rec->length - VCPU_HEADER_SIZE;
	uint32_t basic = l->width == 4 ? VCPU_CONTEXT_SIZE_32 :
	    VCPU_CONTEXT_SIZE_64;

	if (get_le32(rec->body + 4) != 0 && lint_wrong(l, LINT_RESERVED, rec,
	    f, "its reserved field is not zero") == -1)
		return -1;
	if (blob == 0)
		return 0;	/* erratum 1 of the specification */
	if (id >= l->vcpus) {
		record_fault(f, EXIT_REFUSED, rec, "vcpu %" PRIu32
		    ", the domain has %" PRIu64, id, l->vcpus);
		fault_hint(f, "--max-vcpus gives it more");
		return lint_tell(l, LINT_VCPU, f);
	}
	if (rec->type == REC_X86_PV_VCPU_BASIC && blob != basic)
		return lint_wrong(l, LINT_VCPU, rec, f, "%" PRIu32
		    " bytes of registers, it takes %" PRIu32, blob, basic);
	if (rec->type == REC_X86_PV_VCPU_XSAVE && blob < XSAVE_SIZE_MIN)
		return lint_wrong(l, LINT_VCPU, rec, f, "%" PRIu32
		    " bytes of state, it takes %u at least", blob,
		    XSAVE_SIZE_MIN);
	return rec->type != REC_X86_PV_VCPU_BASIC ? 0 :
	    lint_tables_vcpu(l, rec, id, f);
}

/* Page tables with entries behind the guest's last pfn. */
static int
check_entries(struct lint *l, const struct record *rec,
    const struct page *page, struct fault *f)
{
	uint64_t pte;
	size_t i;

	for (i = 0; i < PTE_COUNT; i++) {
		pte = get_le64(page->bytes + 8 * i);
		if (pte & PTE_PRESENT && PTE_FRAME(pte) > l->p2m_end)
			return lint_wrong(l, LINT_PTE, rec, f, "pfn 0x%"
			    PRIx64 ", entry %zu points to pfn 0x%" PRIx64
			    ", the guest's last is 0x%" PRIx64, page->pfn, i,
			    PTE_FRAME(pte), l->p2m_end);
	}
	return 0;
}

int
lint_pv_page(struct lint *l, const struct record *rec,
    const struct page *page, struct fault *f)
{
	if (l->blind)
		return 0;
	if (page->pfn > l->p2m_end)
		return lint_wrong(l, LINT_PFN, rec, f, "pfn 0x%" PRIx64
		    ", the guest's last is 0x%" PRIx64, page->pfn,
		    l->p2m_end);
	if (page_level(page->type) > 0 &&
	    check_entries(l, rec, page, f) == -1)
		return -1;
	return lint_tables_page(l, page, f);
}
