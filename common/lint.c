/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "lint_rule.h"
#include "stays.h"
#include "types.h"

/*
 * The restorer takes memory for each pfn up to a PV guest's last, whether
 * there is a page or not, so the last has to be in proportion to the guest.
 */
void
lint_configure(struct lint *l, const struct config *c)
{
	uint64_t pv = 16 * c->pages + (UINT64_C(1) << 20);

	l->vcpus = c->vcpus;
	if (l->max_pfn == 0)
		l->max_pfn = c->type == CONFIG_PV &&
		    pv < LINT_MAX_PFN_DEFAULT ? pv : LINT_MAX_PFN_DEFAULT;
}

int
lint_limit(struct lint *l, const struct record *rec, uint64_t pfn,
    struct fault *f)
{
	uint64_t limit = lint_max_pfn(l);

	if (pfn <= limit)
		return 0;
	record_fault(f, EXIT_REFUSED, rec, "pfn 0x%" PRIx64
	    ", the limit is 0x%" PRIx64, pfn, limit);
	fault_hint(f, "--max-pfn raises it");
	return lint_tell(l, LINT_MAX_PFN, f);
}

static int
check_domain(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t type = get_le32(rec->body + DOMAIN_TYPE_OFFSET);
	unsigned shift = get_le16(rec->body + DOMAIN_PAGE_SHIFT_OFFSET);

	if (type == DOMAIN_CONTAINER) {
		fault_set(f, EXIT_REFUSED, "the stream is a container: the "
		    "guest is inside, encrypted or in parts");
		fault_hint(f, "-i IDENTITY opens what rec-encrypt made, once; "
		    "rec-split -j joins parts");
		return lint_tell(l, LINT_CONTAINER, f);
	}
	if (type != DOMAIN_PV && type != DOMAIN_HVM) {
		record_fault(f, EXIT_REFUSED, rec, "domain type %" PRIu32
		    ", known are 1 (x86 PV) and 2 (x86 HVM)", type);
		return lint_tell(l, LINT_DOMAIN_TYPE, f);
	}
	l->guests = type == DOMAIN_PV ? GUEST_PV : GUEST_HVM;
	if (l->guests == GUEST_PV && l->emulated &&
	    lint_wrong(l, LINT_EMULATOR, rec, f,
	    "a device model's record came before a PV guest") == -1)
		return -1;
	if (shift != PAGE_SHIFT)
		return lint_wrong(l, LINT_PAGE_SHIFT, rec, f,
		    "page shift %u, Xen takes 12 only", shift);
	return 0;
}

static int
check_headers(struct lint *l, const struct record *rec, struct fault *f)
{
	const uint8_t *h = rec->body;

	l->version = get_be32(h + IMAGE_VERSION_OFFSET);
	if (((get_be16(h + IMAGE_OPTIONS_OFFSET) & ~IMAGE_BIG_ENDIAN) != 0 ||
	    get_be16(h + IMAGE_RESERVED_OFFSET) != 0 ||
	    get_be32(h + IMAGE_RESERVED_OFFSET + 2) != 0 ||
	    get_le16(h + DOMAIN_RESERVED_OFFSET) != 0) &&
	    lint_wrong(l, LINT_RESERVED, rec, f,
	    "a reserved field of the headers is not zero") == -1)
		return -1;
	return check_domain(l, rec, f);
}

/*
 * Whether a record of this type may stand in this image at all: 1, 0 when it
 * may not, which was told, or -1.
 */
static int
check_type(struct lint *l, const struct record *rec, struct fault *f)
{
	const struct type *t = type_find(rec->type);

	if (l->checkpoints && (rec->type == REC_CHECKPOINT))
		return 1;
	if (rec->type == REC_CHECKPOINT || rec->type == REC_DIRTY_PFN_LIST) {
		record_fault(f, EXIT_REFUSED, rec,
		    "a checkpointed stream: plain ones only are restored");
		fault_hint(f, "rec-convert --to v3 makes a plain one of its "
		    "newest checkpoint");
		return lint_tell(l, LINT_CHECKPOINT, f);
	}
	if (t == NULL || t->guests == 0) {
		record_fault(f, EXIT_REFUSED, rec,
		    "a mandatory record that Xen's restorer does not know");
		return lint_tell(l, LINT_UNKNOWN, f);
	}
	if (!(t->guests & l->guests))
		return lint_wrong(l, LINT_GUEST, rec, f,
		    "it has no place in the image of %s guest",
		    l->guests == GUEST_PV ? "a PV" : "an HVM");
	if (rec->length < t->length_min || rec->length > t->length_max ||
	    (rec->length - t->length_min) % t->unit != 0)
		return lint_wrong(l, LINT_LENGTH, rec, f, "length %" PRIu32
		    " is none that it may have", rec->length);
	return 1;
}

static bool
is_policy(uint32_t type)
{
	return type == REC_X86_CPUID_POLICY || type == REC_X86_MSR_POLICY;
}

/* Static data comes first, and its end is marked from version 3 on. */
static int
check_static(struct lint *l, const struct record *rec, struct fault *f)
{
	bool memory = rec->type == REC_PAGE_DATA ||
	    rec->type == REC_X86_PV_P2M_FRAMES;

	if (rec->type == REC_STATIC_DATA_END &&
	    lint_has(l, REC_STATIC_DATA_END))
		return lint_wrong(l, LINT_STATIC_END, rec, f,
		    "it comes a second time");
	if (rec->type == REC_STATIC_DATA_END && l->version < 3 &&
	    (lint_has(l, REC_PAGE_DATA) ||
	    lint_has(l, REC_X86_PV_P2M_FRAMES)))
		return lint_wrong(l, LINT_STATIC_END, rec, f,
		    "it comes behind pages or P2M, which stand for it in "
		    "version 2");
	if (l->version >= 3 && !lint_has(l, REC_STATIC_DATA_END) && memory)
		return lint_wrong(l, LINT_STATIC_END, rec, f,
		    "it comes before STATIC_DATA_END");
	if (rec->type == REC_STATIC_DATA_END && l->version >= 3 &&
	    !lint_has(l, REC_X86_CPUID_POLICY) &&
	    lint_wrong(l, LINT_POLICY, rec, f, "no CPU policy came before "
	    "it: the destination makes its own") == -1)
		return -1;
	if (l->version < 3 && (is_policy(rec->type) ||
	    rec->type == REC_STATIC_DATA_END))
		return lint_wrong(l, LINT_VERSION_2, rec, f,
		    "image version 2 has no such record");
	return 0;
}

static int
check_order(struct lint *l, const struct record *rec, struct fault *f)
{
	bool registers = rec->type == REC_SHARED_INFO ||
	    rec->type == REC_X86_PV_P2M_FRAMES ||
	    (rec->type >= REC_X86_PV_VCPU_BASIC &&
	    rec->type <= REC_X86_PV_VCPU_XSAVE) ||
	    rec->type == REC_X86_PV_VCPU_MSRS;

	if (check_static(l, rec, f) == -1)
		return -1;
	if (rec->type == REC_PAGE_DATA && l->guests == GUEST_PV &&
	    !lint_has(l, REC_X86_PV_P2M_FRAMES) && !l->blind) {
		l->blind = true;
		return lint_wrong(l, LINT_ORDER, rec, f,
		    "it comes before X86_PV_P2M_FRAMES");
	}
	if (registers && l->width == 0)
		return lint_wrong(l, LINT_ORDER, rec, f,
		    "it comes before X86_PV_INFO");
	return 0;
}

/* What comes once in a plain stream; the restorer takes the last. */
static int
check_repeated(struct lint *l, const struct record *rec, struct fault *f)
{
	static const uint64_t once = UINT64_C(1) << REC_SHARED_INFO |
	    UINT64_C(1) << REC_X86_TSC_INFO |
	    UINT64_C(1) << REC_HVM_CONTEXT |
	    UINT64_C(1) << REC_X86_PV_P2M_FRAMES |
	    UINT64_C(1) << REC_X86_CPUID_POLICY |
	    UINT64_C(1) << REC_X86_MSR_POLICY;

	if (l->checkpointed || !(once >> rec->type & 1) ||
	    !lint_has(l, rec->type))
		return 0;
	return lint_wrong(l, LINT_REPEATED, rec, f,
	    "it comes a second time, and counts instead of the first");
}

static int
check_msrs(struct lint *l, const struct record *rec, struct fault *f)
{
	uint32_t at;

	for (at = 0; at + 16 <= rec->length; at += 16)
		if (get_le32(rec->body + at + 4) != 0)
			return lint_wrong(l, LINT_MSR_FLAGS, rec, f,
			    "MSR 0x%" PRIx32 " has flags, which Xen does "
			    "not know", get_le32(rec->body + at));
	return 0;
}

/* What has to have come when the image ends. */
static int
check_end(struct lint *l, const struct record *rec, struct fault *f)
{
	static const uint32_t pv[] = { REC_X86_PV_INFO,
	    REC_X86_PV_P2M_FRAMES, REC_PAGE_DATA, REC_SHARED_INFO };
	static const uint32_t hvm[] = { REC_PAGE_DATA, REC_HVM_CONTEXT };
	const uint32_t *due = l->guests == GUEST_PV ? pv : hvm;
	size_t i, count = l->guests == GUEST_PV ? 4 : 2;
	char name[TYPE_NAME_SIZE];

	for (i = 0; i < count; i++)
		if (!lint_has(l, due[i]))
			return lint_wrong(l, LINT_MISSING, rec, f,
			    "the image has no %s", type_name(due[i], name));
	return l->guests == GUEST_PV && !l->blind ?
	    lint_pv_end(l, rec, f) : 0;
}

static int
check_body(struct lint *l, const struct record *rec, struct fault *f)
{
	switch (rec->type) {
	case REC_END:
	case REC_CHECKPOINT:
		return check_end(l, rec, f);
	case REC_PAGE_DATA:
		return lint_pages(l, rec, f);
	case REC_X86_PV_INFO:
		return lint_pv_info(l, rec, f);
	case REC_X86_PV_P2M_FRAMES:
		return l->width == 0 ? 0 : lint_p2m(l, rec, f);
	case REC_X86_PV_VCPU_BASIC:
	case REC_X86_PV_VCPU_EXTENDED:
	case REC_X86_PV_VCPU_XSAVE:
	case REC_X86_PV_VCPU_MSRS:
		return l->width == 0 ? 0 : lint_vcpu(l, rec, f);
	case REC_HVM_CONTEXT:
		return lint_hvm_context(l, rec, f);
	case REC_HVM_PARAMS:
		return lint_hvm_params(l, rec, f);
	case REC_X86_MSR_POLICY:
		return check_msrs(l, rec, f);
	default:
		return 0;
	}
}

static int
check_padding(struct lint *l, const struct record *rec, struct fault *f)
{
	size_t i;

	for (i = rec->length; i < rec->size; i++)
		if (rec->body[i] != 0)
			return lint_wrong(l, LINT_PADDING, rec, f,
			    "its padding is not zero");
	return 0;
}

/* Xen ignores it; without it xc-absorb makes no domain. */
static int
check_config(struct lint *l, const struct record *rec, struct fault *f)
{
	struct config c;

	if (config_get(rec, &c, f) == -1)
		return f->status == EXIT_SYSTEM ? -1 :
		    lint_tell(l, LINT_CONFIG, f);
	lint_configure(l, &c);
	return 0;
}

static int
check_record(struct lint *l, const struct record *rec, struct fault *f)
{
	int fits;

	if (check_padding(l, rec, f) == -1)
		return -1;
	if (rec->type == REC_GUEST_CONFIG && type_is_ours(rec) &&
	    check_config(l, rec, f) == -1)
		return -1;
	/* No CHECKPOINT comes behind GUEST_STAYS. */
	if (rec->type & RECORD_OPTIONAL)
		return !l->checkpointed || stays_is(rec) ? 0 : lint_wrong(l, LINT_OPTIONAL,
		    rec, f, "an optional record behind a CHECKPOINT: Xen's "
		    "restorer ends at the next one");
	if ((fits = check_type(l, rec, f)) != 1)
		return fits;
	if (check_order(l, rec, f) == -1 ||
	    check_repeated(l, rec, f) == -1 || check_body(l, rec, f) == -1)
		return -1;
	l->seen |= UINT64_C(1) << rec->type;
	l->checkpointed |= rec->type == REC_CHECKPOINT;
	return 0;
}

int
lint_piece(struct lint *l, const struct record *rec, struct fault *f)
{
	switch (rec->part) {
	case PART_IMAGE:
		return check_headers(l, rec, f);
	case PART_RECORD:
		/* Of a guest of no known kind nothing can be said. */
		return l->guests == 0 ? 0 : check_record(l, rec, f);
	case PART_ENVELOPE:
	case PART_LIBXL:
	case PART_LIBXL_BODY:
		return lint_libxl(l, rec, f);
	case PART_REST:
		if (l->ended)
			return 0;
		l->ended = true;
		return lint_wrong(l, LINT_AFTER_END, rec, f,
		    "bytes follow END");
	case PART_BODY:
	case PART_NONE:
		break;
	}
	return 0;
}
