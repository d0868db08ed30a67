/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "lint.h"
#include "types.h"

#define VCPU_HEADER_SIZE	8u
#define BASIC_SIZE_64		5168u
#define BASIC_SIZE_32		2800u
#define XSAVE_SIZE_MIN		16u

static bool
has(const struct lint *l, uint32_t type)
{
	return l->seen >> type & 1;
}

static int
check_headers(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t type = get_le32(rec->body + DOMAIN_TYPE_OFFSET);

	l->version = get_be32(rec->body + IMAGE_VERSION_OFFSET);
	if (type == DOMAIN_CONTAINER) {
		fault_set(f, EXIT_REFUSED, "the stream is a container: the "
		    "guest is inside, encrypted or in parts");
		return fault_hint(f,
		    "open it first: rec-split -j, rec-encrypt -d");
	}
	if (type != DOMAIN_PV && type != DOMAIN_HVM)
		return record_fault(f, EXIT_REFUSED, rec,
		    "domain type %" PRIu32 ", known are 1 (x86 PV) and 2 "
		    "(x86 HVM)", type);
	if (get_le16(rec->body + DOMAIN_PAGE_SHIFT_OFFSET) != PAGE_SHIFT)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "page shift %u, Xen takes 12 only",
		    get_le16(rec->body + DOMAIN_PAGE_SHIFT_OFFSET));
	l->guests = type == DOMAIN_PV ? GUEST_PV : GUEST_HVM;
	return 0;
}

static int
check_pv_info(struct lint *l, const struct record *rec, struct fault *f)
{
	unsigned width = rec->body[0], levels = rec->body[1];

	if (has(l, REC_X86_PV_INFO))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes a second time");
	if (!(width == 8 && levels == 4) && !(width == 4 && levels == 3))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "guest width %u with %u levels of page tables", width,
		    levels);
	l->width = width;
	return 0;
}

static int
check_limit(const struct lint *l, const struct record *rec, uint64_t pfn,
    struct fault *f)
{
	if (pfn <= l->max_pfn)
		return 0;
	record_fault(f, EXIT_REFUSED, rec, "pfn 0x%" PRIx64
	    ", the limit is 0x%" PRIx64, pfn, l->max_pfn);
	return fault_hint(f, "--max-pfn raises it");
}

static int
check_p2m(struct lint *l, const struct record *rec, struct fault *f)
{
	uint64_t start = get_le32(rec->body), end = get_le32(rec->body + 4);
	uint64_t per_frame, frames;
	uint32_t i;

	if (l->width == 0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes before X86_PV_INFO");
	per_frame = PAGE_SIZE / l->width;
	if (start > end)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "starts at pfn %" PRIu64 " and ends at %" PRIu64, start,
		    end);
	if (check_limit(l, rec, end, f) == -1)
		return -1;
	frames = end / per_frame - start / per_frame + 1;
	if (rec->length != 8 + 8 * frames)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "length %" PRIu32 ", %" PRIu64 " frames take %" PRIu64,
		    rec->length, frames, 8 + 8 * frames);
	for (i = 8; i < rec->length; i += 8)
		if (get_le64(rec->body + i) > end)
			return record_fault(f, EXIT_MALFORMED, rec,
			    "frame at pfn 0x%" PRIx64 ", the last is 0x%"
			    PRIx64, get_le64(rec->body + i), end);
	l->p2m_end = end;
	return 0;
}

static int
check_pfn(const struct lint *l, const struct record *rec, uint64_t entry,
    struct fault *f)
{
	unsigned type = (unsigned)(entry >> PFN_TYPE_SHIFT);
	uint64_t pfn = entry & PFN_MASK;

	if (type >= 5 && type <= 8)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "pfn 0x%" PRIx64 " is of the reserved type %u", pfn,
		    type);
	if (check_limit(l, rec, pfn, f) == -1)
		return -1;
	if (l->guests == GUEST_PV && pfn > l->p2m_end)
		return record_fault(f, EXIT_MALFORMED, rec, "pfn 0x%" PRIx64
		    ", the guest's last is 0x%" PRIx64, pfn, l->p2m_end);
	return 0;
}

static int
check_page_data(const struct lint *l, const struct record *rec,
    struct fault *f)
{
	uint64_t count = get_le32(rec->body), want = 8 + 8 * count, entry, i;

	if (count == 0)
		return record_fault(f, EXIT_MALFORMED, rec, "no pfns");
	if (want > rec->length)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", %" PRIu64 " pfns take more", rec->length, count);
	for (i = 0; i < count; i++) {
		entry = get_le64(rec->body + 8 + 8 * i);
		if (check_pfn(l, rec, entry, f) == -1)
			return -1;
		if (entry >> PFN_TYPE_SHIFT < PAGE_TYPE_BROKEN)
			want += PAGE_SIZE;
	}
	if (want != rec->length)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", its pfns take %" PRIu64, rec->length, want);
	return 0;
}

/* The four vcpu records: u32 vcpu id, u32 reserved, a blob or nothing. */
static int
check_vcpu(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t id = get_le32(rec->body);
	uint32_t blob = rec->length - VCPU_HEADER_SIZE;
	uint32_t basic = l->width == 4 ? BASIC_SIZE_32 : BASIC_SIZE_64;

	if (l->width == 0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes before X86_PV_INFO");
	if (id >= l->vcpus) {
		record_fault(f, EXIT_REFUSED, rec, "vcpu %" PRIu32
		    ", the domain has %" PRIu64, id, l->vcpus);
		return fault_hint(f, "--max-vcpus gives it more");
	}
	if (rec->type == REC_X86_PV_VCPU_BASIC && blob != basic && blob != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "%" PRIu32
		    " bytes of registers, it takes %" PRIu32, blob, basic);
	if (rec->type == REC_X86_PV_VCPU_XSAVE && blob < XSAVE_SIZE_MIN &&
	    blob != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "%" PRIu32
		    " bytes of state, it takes %u at least", blob,
		    XSAVE_SIZE_MIN);
	if (rec->type == REC_X86_PV_VCPU_BASIC && id == 0 && blob != 0)
		l->vcpu0 = true;
	return 0;
}

static int
check_hvm_params(const struct record *rec, struct fault *f)
{
	uint64_t want = 8 + 16 * (uint64_t)get_le32(rec->body);

	if (rec->length != want)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    ", its entries take %" PRIu64, rec->length, want);
	return 0;
}

/* What has to have come when the image ends. */
static int
check_end(const struct lint *l, const struct record *rec, struct fault *f)
{
	static const uint32_t pv[] = { REC_X86_PV_INFO,
	    REC_X86_PV_P2M_FRAMES, REC_PAGE_DATA, REC_SHARED_INFO };
	static const uint32_t hvm[] = { REC_PAGE_DATA, REC_HVM_CONTEXT };
	const uint32_t *due = l->guests == GUEST_PV ? pv : hvm;
	size_t i, count = l->guests == GUEST_PV ? 4 : 2;
	char name[TYPE_NAME_SIZE];

	for (i = 0; i < count; i++)
		if (!has(l, due[i]))
			return record_fault(f, EXIT_MALFORMED, rec,
			    "the image has no %s", type_name(due[i], name));
	if (l->guests == GUEST_PV && !l->vcpu0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "the image has no registers of vcpu 0");
	return 0;
}

/* Whether a record of this type may stand in this image at all. */
static int
check_type(const struct lint *l, const struct record *rec, struct fault *f)
{
	const struct type *t = type_find(rec->type);

	if (rec->type == REC_CHECKPOINT || rec->type == REC_DIRTY_PFN_LIST)
		return record_fault(f, EXIT_REFUSED, rec,
		    "a checkpointed stream: plain ones only are restored");
	if (t == NULL || t->guests == 0)
		return record_fault(f, EXIT_REFUSED, rec,
		    "a mandatory record that Xen's restorer does not know");
	if (!(t->guests & l->guests))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it has no place in the image of %s guest",
		    l->guests == GUEST_PV ? "a PV" : "an HVM");
	if (rec->length < t->length_min || rec->length > t->length_max ||
	    (rec->length - t->length_min) % t->unit != 0)
		return record_fault(f, EXIT_MALFORMED, rec, "length %" PRIu32
		    " is none that it may have", rec->length);
	return 0;
}

/* Static data comes first, and its end is marked from version 3 on. */
static int
check_order(const struct lint *l, const struct record *rec, struct fault *f)
{
	if (rec->type == REC_STATIC_DATA_END && has(l, REC_STATIC_DATA_END))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes a second time");
	if (l->version >= 3 && !has(l, REC_STATIC_DATA_END) &&
	    (rec->type == REC_PAGE_DATA ||
	    rec->type == REC_X86_PV_P2M_FRAMES))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes before STATIC_DATA_END");
	if (rec->type == REC_PAGE_DATA && l->guests == GUEST_PV &&
	    !has(l, REC_X86_PV_P2M_FRAMES))
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes before X86_PV_P2M_FRAMES");
	if (rec->type == REC_SHARED_INFO && l->width == 0)
		return record_fault(f, EXIT_MALFORMED, rec,
		    "it comes before X86_PV_INFO");
	return 0;
}

static int
check_body(struct lint *l, const struct record *rec, struct fault *f)
{
	switch (rec->type) {
	case REC_END:
		return check_end(l, rec, f);
	case REC_PAGE_DATA:
		return check_page_data(l, rec, f);
	case REC_X86_PV_INFO:
		return check_pv_info(l, rec, f);
	case REC_X86_PV_P2M_FRAMES:
		return check_p2m(l, rec, f);
	case REC_X86_PV_VCPU_BASIC:
	case REC_X86_PV_VCPU_EXTENDED:
	case REC_X86_PV_VCPU_XSAVE:
	case REC_X86_PV_VCPU_MSRS:
		return check_vcpu(l, rec, f);
	case REC_HVM_PARAMS:
		return check_hvm_params(rec, f);
	default:
		return 0;
	}
}

int
lint_piece(struct lint *l, const struct record *rec, struct fault *f)
{
	if (rec->part == PART_IMAGE)
		return check_headers(l, rec, f);
	if (rec->part != PART_RECORD || rec->type & RECORD_OPTIONAL)
		return 0;
	if (check_type(l, rec, f) == -1 || check_order(l, rec, f) == -1 ||
	    check_body(l, rec, f) == -1)
		return -1;
	l->seen |= UINT64_C(1) << rec->type;
	return 0;
}
