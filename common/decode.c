/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "decode_body.h"
#include "format.h"
#include "types.h"

#define NANO		UINT64_C(1000000000)
#define TSC_INFO_SIZE	24u

static const char *const domain_types[] = {
	[DOMAIN_CONTAINER] = "container",
	[DOMAIN_PV] = "x86 PV",
	[DOMAIN_HVM] = "x86 HVM",
};

static const char *const tsc_modes[] = {
	"default", "always_emulate", "never_emulate", "pvrdtscp",
};

static void
decode_tsc_info(struct decode *d, struct item *i)
{
	static const struct field fields[] = {
		COUNT("khz", 4, 4), HEX("nsec", 8, 8),
		COUNT("incarnation", 4, 16),
	};
	uint64_t mode, nsec;

	(void)d;
	if (item_get(i, 0, 4, &mode)) {
		if (mode < COUNT_OF(tsc_modes))
			item_string(i, "mode", tsc_modes[mode]);
		else
			item_format(i, "mode", "mode %u", (unsigned)mode);
	}
	item_fields(i, fields, COUNT_OF(fields));
	item_has(i, TSC_INFO_SIZE);
	if (item_get(i, 8, 8, &nsec))
		item_count(i, "seconds", nsec / NANO);
}

static void
decode_dirty_pfns(struct decode *d, struct item *i)
{
	(void)d;
	item_count(i, "count", i->size / 8);
	if (i->size % 8 != 0)
		item_malformed(i, "%zu bytes in pfns of 8", i->size);
}

static const struct {
	uint32_t type;
	void (*decode)(struct decode *d, struct item *i);
} decoders[] = {
	{ REC_X86_PV_INFO, decode_pv_info },
	{ REC_X86_PV_P2M_FRAMES, decode_p2m_frames },
	{ REC_X86_PV_VCPU_BASIC, decode_vcpu_basic },
	{ REC_X86_PV_VCPU_EXTENDED, decode_vcpu_extended },
	{ REC_X86_PV_VCPU_XSAVE, decode_vcpu_xsave },
	{ REC_SHARED_INFO, decode_shared_info },
	{ REC_X86_TSC_INFO, decode_tsc_info },
	{ REC_HVM_CONTEXT, decode_hvm_context },
	{ REC_HVM_PARAMS, decode_hvm_params },
	{ REC_X86_PV_VCPU_MSRS, decode_vcpu_msrs },
	{ REC_DIRTY_PFN_LIST, decode_dirty_pfns },
	{ REC_X86_CPUID_POLICY, decode_cpuid_policy },
	{ REC_X86_MSR_POLICY, decode_msr_policy },
	{ REC_COMPRESSED, decode_compressed },
	{ REC_GUEST_CONFIG, decode_guest_config },
	{ REC_SEAL_HEADER, decode_seal_header },
	{ REC_SEAL_CHUNK, decode_seal_chunk },
	{ REC_PART_HEADER, decode_part_header },
	{ REC_PART_CHUNK, decode_part_chunk },
	{ REC_CHECK, decode_check },
	{ REC_DIGEST, decode_digest },
	{ REC_SIGNATURE, decode_minisign },
};

static void
decode_image(struct decode *d, struct item *i)
{
	uint32_t type, major, minor;

	*d = (struct decode){ 0 };
	if (!item_has(i, IMAGE_HEADERS_SIZE))
		return;
	item_count(i, "version", get_be32(i->bytes + IMAGE_VERSION_OFFSET));
	if (memcmp(i->bytes, IMAGE_MAGIC, IMAGE_MAGIC_SIZE) != 0)
		item_malformed(i, "no image header");
	if (get_be16(i->bytes + IMAGE_OPTIONS_OFFSET) & IMAGE_BIG_ENDIAN) {
		item_malformed(i, "big-endian");
		return;
	}
	type = get_le32(i->bytes + DOMAIN_TYPE_OFFSET);
	if (type < COUNT_OF(domain_types))
		item_string(i, "domain_type", domain_types[type]);
	else
		item_format(i, "domain_type", "type %u", type);
	item_count(i, "page_shift",
	    get_le16(i->bytes + DOMAIN_PAGE_SHIFT_OFFSET));
	major = get_le32(i->bytes + DOMAIN_XEN_MAJOR_OFFSET);
	minor = get_le32(i->bytes + DOMAIN_XEN_MINOR_OFFSET);
	if (type == DOMAIN_PV)
		d->guests = GUEST_PV;
	if (type == DOMAIN_HVM)
		d->guests = GUEST_HVM;
	/* A container comes from no Xen. */
	if (type == DOMAIN_CONTAINER)
		return;
	if (major != 0)
		item_format(i, "xen_version", "%u.%u", major, minor);
	else
		item_count(i, "legacy_converter_version", minor);
}

json_object *
decode_record(struct decode *d, const struct record *rec)
{
	size_t k, size = rec->size;
	struct item i;
	bool failed;

	if (rec->part == PART_RECORD && size > rec->length)
		size = rec->length;
	i = item_new(rec->body, size, &failed);
	if (rec->part == PART_IMAGE)
		decode_image(d, &i);
	if (rec->part != PART_RECORD)
		return item_done(&i);
	for (k = 0; k < COUNT_OF(decoders); k++)
		if (decoders[k].type == rec->type)
			decoders[k].decode(d, &i);
	return item_done(&i);
}
