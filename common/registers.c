/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "registers.h"

/*
 * Where a vcpu's bytes have what; 0: nowhere.  PV: struct vcpu_guest_context
 * (xen/include/public/arch-x86/xen.h, xen-x86_*.h in xen.git); HVM: struct
 * hvm_hw_cpu (arch-x86/hvm/save.h).
 */
struct layout {
	unsigned width;
	uint16_t general[GENERAL], rip, rflags, cr[5];
	struct {
		uint16_t selector, limit, attributes, base;
	} segment[SEGMENTS];
};

static const struct layout pv_64 = {
	.width = 8,
	.general = { 0x258, 0x260, 0x268, 0x230, 0x2a0, 0x228, 0x270, 0x278,
	    0x250, 0x248, 0x240, 0x238, 0x220, 0x218, 0x210, 0x208 },
	.rip = 0x288, .rflags = 0x298,
	.cr = { 0x1378, 0x1380, 0x1388, 0x1390, 0x1398 },
	.segment = {
		[SEGMENT_CS] = { .selector = 0x290 },
		[SEGMENT_DS] = { .selector = 0x2b8 },
		[SEGMENT_ES] = { .selector = 0x2b0 },
		[SEGMENT_FS] = { .selector = 0x2c0, .base = VCPU_FS_BASE },
		[SEGMENT_GS] = { .selector = 0x2c8 },
		[SEGMENT_SS] = { .selector = 0x2a8 },
	},
};

static const struct layout pv_32 = {
	.width = 4,
	.general = { 0x21c, 0x208, 0x20c, 0x204, 0x230, 0x218, 0x210, 0x214 },
	.rip = 0x224, .rflags = 0x22c,
	.cr = { 0xa9c, 0xaa0, 0xaa4, 0xaa8, 0xaac },
	.segment = {
		[SEGMENT_CS] = { .selector = 0x228 },
		[SEGMENT_DS] = { .selector = 0x23c },
		[SEGMENT_ES] = { .selector = 0x238 },
		[SEGMENT_FS] = { .selector = 0x240 },
		[SEGMENT_GS] = { .selector = 0x244 },
		[SEGMENT_SS] = { .selector = 0x234 },
	},
};

#define HVM_EFER	0x3e0u
#define HVM_SHADOW_GS	0x3b0u

static const struct layout hvm = {
	.width = 8,
	.general = { 0x200, 0x210, 0x218, 0x208, 0x238, 0x220, 0x228, 0x230,
	    0x240, 0x248, 0x250, 0x258, 0x260, 0x268, 0x270, 0x278 },
	.rip = 0x280, .rflags = 0x288,
	.cr = { 0x290, 0, 0x298, 0x2a0, 0x2a8 },
	.segment = {
		[SEGMENT_CS] = { 0x2e0, 0x300, 0x378, 0x328 },
		[SEGMENT_DS] = { 0x2e4, 0x304, 0x37c, 0x330 },
		[SEGMENT_ES] = { 0x2e8, 0x308, 0x380, 0x338 },
		[SEGMENT_FS] = { 0x2ec, 0x30c, 0x384, 0x340 },
		[SEGMENT_GS] = { 0x2f0, 0x310, 0x388, 0x348 },
		[SEGMENT_SS] = { 0x2f4, 0x314, 0x38c, 0x350 },
		[SEGMENT_TR] = { 0x2f8, 0x318, 0x390, 0x358 },
		[SEGMENT_LDT] = { 0x2fc, 0x31c, 0x394, 0x360 },
		[SEGMENT_GDT] = { .limit = 0x324, .base = 0x370 },
		[SEGMENT_IDT] = { .limit = 0x320, .base = 0x368 },
	},
};

static uint64_t
word(const struct layout *l, const uint8_t *bytes, unsigned offset)
{
	if (offset == 0)
		return 0;
	return l->width == 8 ? get_le64(bytes + offset) :
	    get_le32(bytes + offset);
}

/* Xen packs the 16 bits of a descriptor's flags into 12. */
static uint32_t
unpack(uint32_t attributes)
{
	return (attributes & 0xff) << 8 | (attributes & 0xf00) << 12;
}

static void
read_segments(struct registers *r, const struct layout *l,
    const uint8_t *bytes)
{
	struct segment *s;
	unsigned i;

	for (i = 0; i < SEGMENTS; i++) {
		s = &r->segment[i];
		if (l->segment[i].selector != 0)
			s->selector = get_le16(bytes + l->segment[i].selector);
		if (l->segment[i].limit != 0)
			s->limit = get_le32(bytes + l->segment[i].limit);
		if (l->segment[i].attributes != 0)
			s->flags = unpack(get_le32(bytes +
			    l->segment[i].attributes));
		s->base = word(l, bytes, l->segment[i].base);
	}
}

/* Which of the two bases the vcpu has and which one swapgs brings. */
static void
read_gs(struct registers *r, const uint8_t *context)
{
	bool kernel = (get_le32(context + VCPU_FLAGS) & VCPU_FLAG_KERNEL) != 0;

	r->segment[SEGMENT_GS].base = get_le64(context +
	    (kernel ? VCPU_GS_KERNEL : VCPU_GS_USER));
	r->kernel_gs = get_le64(context +
	    (kernel ? VCPU_GS_USER : VCPU_GS_KERNEL));
}

static unsigned
hvm_levels(const struct registers *r)
{
	if ((r->cr[0] & CR0_PAGING) == 0)
		return 0;
	if ((r->cr[4] & CR4_PAE) == 0)
		return 2;
	if ((r->efer & EFER_LMA) == 0)
		return 3;
	return (r->cr[4] & CR4_LA57) != 0 ? 5 : 4;
}

void
registers_read(struct registers *r, const struct state *s,
    const struct state_vcpu *vcpu)
{
	const struct layout *l = s->type == DOMAIN_HVM ? &hvm :
	    s->width == 8 ? &pv_64 : &pv_32;
	const uint8_t *bytes = vcpu->bytes;
	unsigned i;

	*r = (struct registers){ .levels = s->levels };
	for (i = 0; i < GENERAL; i++)
		r->general[i] = word(l, bytes, l->general[i]);
	r->rip = word(l, bytes, l->rip);
	r->rflags = word(l, bytes, l->rflags);
	for (i = 0; i < sizeof(r->cr) / sizeof(r->cr[0]); i++)
		r->cr[i] = word(l, bytes, l->cr[i]);
	read_segments(r, l, bytes);
	if (l == &pv_64)
		read_gs(r, bytes);
	if (l == &pv_32)
		r->cr[3] = vcpu_cr3_frame(r->cr[3]) << PAGE_SHIFT;
	if (l == &hvm) {
		r->efer = word(l, bytes, HVM_EFER);
		r->kernel_gs = word(l, bytes, HVM_SHADOW_GS);
		r->levels = hvm_levels(r);
	}
}

void
registers_context(const struct registers *r,
    uint8_t context[VCPU_CONTEXT_SIZE_64])
{
	/* Xen goes by the privilege, which HVM guests have of their own. */
	bool user = (r->segment[SEGMENT_CS].selector & 3) != 0;
	uint64_t gs = r->segment[SEGMENT_GS].base;
	unsigned i;

	memset(context, 0, VCPU_CONTEXT_SIZE_64);
	put_le32(context + VCPU_FLAGS, VCPU_FLAG_FPU | VCPU_FLAG_ONLINE);
	for (i = 0; i < GENERAL; i++)
		put_le64(context + pv_64.general[i], r->general[i]);
	put_le64(context + pv_64.rip, r->rip);
	put_le64(context + pv_64.rflags, r->rflags);
	for (i = 0; i < sizeof(r->cr) / sizeof(r->cr[0]); i++)
		put_le64(context + pv_64.cr[i], r->cr[i]);
	for (i = 0; i < SEGMENTS; i++)
		if (pv_64.segment[i].selector != 0)
			put_le16(context + pv_64.segment[i].selector,
			    (uint16_t)r->segment[i].selector);
	put_le64(context + VCPU_FS_BASE, r->segment[SEGMENT_FS].base);
	put_le64(context + VCPU_GS_KERNEL, user ? r->kernel_gs : gs);
	put_le64(context + VCPU_GS_USER, user ? gs : r->kernel_gs);
}
