/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "bytes.h"
#include "format.h"
#include "legacy_stream.h"

/* A record of a vcpu: its id, 0, and as many bytes as come. */
static int
take_vcpu_record(struct legacy *l, uint32_t type, uint32_t vcpu,
    uint32_t size, struct fault *f)
{
	if (legacy_take_body(l, &l->rec, VCPU_HEADER_SIZE, size, f) == -1)
		return -1;
	put_le64(l->rec.body, vcpu);
	return legacy_put(l, type, VCPU_HEADER_SIZE + size, f);
}

/* Its length is what the head said of all. */
static int
take_xsave(struct legacy *l, uint32_t vcpu, struct fault *f)
{
	uint8_t header[LEGACY_XSAVE_HEADER_SIZE];
	uint64_t size;

	if (legacy_take(l, header, sizeof(header), f) == -1)
		return -1;
	size = get_le64(header + 8);
	if (size != l->xsave - sizeof(header))
		return legacy_fault(l, f, EXIT_MALFORMED, "%" PRIu64 " bytes "
		    "of xsave of vcpu %" PRIu32 ", the head says %zu", size,
		    vcpu, l->xsave - sizeof(header));
	return size == 0 ? 0 : take_vcpu_record(l, REC_X86_PV_VCPU_XSAVE,
	    vcpu, (uint32_t)size, f);
}

static int
take_vcpu(struct legacy *l, uint32_t vcpu, struct fault *f)
{
	legacy_part(l, "vcpu");
	if (take_vcpu_record(l, REC_X86_PV_VCPU_BASIC, vcpu, l->width == 8 ?
	    VCPU_CONTEXT_SIZE_64 : VCPU_CONTEXT_SIZE_32, f) == -1)
		return -1;
	if (l->extended && take_vcpu_record(l, REC_X86_PV_VCPU_EXTENDED, vcpu,
	    LEGACY_EXTENDED_SIZE, f) == -1)
		return -1;
	return l->xsave > 0 ? take_xsave(l, vcpu, f) : 0;
}

/* Without VCPU_INFO vcpu 0 is the only one. */
static int
take_vcpus(struct legacy *l, struct fault *f)
{
	uint32_t vcpu;

	if (!l->has_online)
		return take_vcpu(l, 0, f);
	for (vcpu = 0; vcpu <= LEGACY_VCPU_MAX; vcpu++)
		if (l->online[vcpu / 64] >> vcpu % 64 & 1 &&
		    take_vcpu(l, vcpu, f) == -1)
			return -1;
	return 0;
}

/* The pfns that were not mapped mean nothing: no restorer needed them. */
static int
take_pv(struct legacy *l, struct fault *f)
{
	uint32_t unmapped;

	legacy_part(l, "unmapped pfns");
	if (legacy_take_u32(l, &unmapped, f) == -1 ||
	    legacy_copy(l, (uint64_t)unmapped * l->word, NULL, f) == -1 ||
	    take_vcpus(l, f) == -1)
		return -1;
	legacy_part(l, "shared info");
	if (legacy_take_body(l, &l->rec, 0, PAGE_SIZE, f) == -1)
		return -1;
	return legacy_put(l, REC_SHARED_INFO, PAGE_SIZE, f);
}

static int
put_magic_pfns(struct legacy *l, const uint8_t *tail, struct fault *f)
{
	static const uint32_t params[] = {
		HVM_PARAM_IOREQ_PFN, HVM_PARAM_BUFIOREQ_PFN,
		HVM_PARAM_STORE_PFN,
	};
	uint32_t count = sizeof(params) / sizeof(params[0]);
	uint32_t length = HVM_PARAMS_HEADER_SIZE + count * HVM_PARAM_SIZE;
	uint8_t *p;
	size_t i;

	if (record_reserve(&l->rec, length, f) == -1)
		return -1;
	put_le64(l->rec.body, count);
	for (i = 0; i < count; i++) {
		p = l->rec.body + HVM_PARAMS_HEADER_SIZE + i * HVM_PARAM_SIZE;
		put_le64(p, params[i]);
		put_le64(p + 8, get_le64(tail + 8 * i));
	}
	return legacy_put(l, REC_HVM_PARAMS, length, f);
}

static int
take_hvm(struct legacy *l, struct fault *f)
{
	uint8_t tail[LEGACY_HVM_TAIL_SIZE];
	uint32_t length;

	legacy_part(l, "magic pfns");
	if (legacy_take(l, tail, sizeof(tail), f) == -1)
		return -1;
	legacy_part(l, "HVM context");
	length = get_le32(tail + sizeof(tail) - 4);
	if (length == 0 || length > RECORD_LENGTH_MAX)
		return legacy_fault(l, f, EXIT_MALFORMED, "%" PRIu32
		    " bytes, 1 to %u can be", length, RECORD_LENGTH_MAX);
	if (put_magic_pfns(l, tail, f) == -1 ||
	    legacy_take_body(l, &l->rec, 0, length, f) == -1)
		return -1;
	return legacy_put(l, REC_HVM_CONTEXT, length, f);
}

int
legacy_tail(struct legacy *l, struct fault *f)
{
	return l->pv ? take_pv(l, f) : take_hvm(l, f);
}
