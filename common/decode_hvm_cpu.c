/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"

/* Offsets in struct hvm_hw_cpu, xen/include/public/arch-x86/hvm/save.h. */
static const struct field registers[] = {
	HEX("rip", 8, 0x280), FLAGS("rflags", 8, 0x288, decode_rflags_bits),
	HEX("rsp", 8, 0x238), HEX("rax", 8, 0x200), HEX("rbx", 8, 0x208),
	HEX("rcx", 8, 0x210), HEX("rdx", 8, 0x218), HEX("rsi", 8, 0x228),
	HEX("rdi", 8, 0x230), HEX("rbp", 8, 0x220), HEX("r8", 8, 0x240),
	HEX("r9", 8, 0x248), HEX("r10", 8, 0x250), HEX("r11", 8, 0x258),
	HEX("r12", 8, 0x260), HEX("r13", 8, 0x268), HEX("r14", 8, 0x270),
	HEX("r15", 8, 0x278),
};

static const struct field control[] = {
	FLAGS("cr0", 8, 0x290, decode_cr0_bits), HEX("cr2", 8, 0x298),
	HEX("cr3", 8, 0x2a0),
	{ .name = "cr3_pfn", .kind = FIELD_FRAME, .size = 8,
	  .offset = 0x2a0 },
	FLAGS("cr4", 8, 0x2a8, decode_cr4_bits),
	FLAGS("efer", 8, 0x3e0, decode_efer_bits),
};

static const struct field debug[] = {
	SELDOM("dr0", 8, 0x2b0), SELDOM("dr1", 8, 0x2b8),
	SELDOM("dr2", 8, 0x2c0), SELDOM("dr3", 8, 0x2c8),
	SELDOM("dr6", 8, 0x2d0), SELDOM("dr7", 8, 0x2d8),
};

static const struct field msrs[] = {
	HEX("sysenter_cs", 8, 0x398), HEX("sysenter_esp", 8, 0x3a0),
	HEX("sysenter_eip", 8, 0x3a8), HEX("shadow_gs", 8, 0x3b0),
	HEX("lstar", 8, 0x3c0), HEX("star", 8, 0x3c8),
	HEX("cstar", 8, 0x3d0), HEX("syscall_mask", 8, 0x3d8),
	HEX("tsc_aux", 8, 0x3e8),
};

static const char *const flag_bits[64] = { [0] = "fpu_initialised" };

static const struct field fields[] = {
	HEX("tsc", 8, 0x3f0), HEX("pending_event", 4, 0x3f8),
	HEX("error_code", 4, 0x3fc),
	{ .name = "flags", .kind = FIELD_HEX, .size = 4, .offset = 0x400,
	  .bits = flag_bits, .later = true },
};

/* Selectors, limits and so on each stand together, in this order. */
static const char *const segments[] = {
	"cs", "ds", "es", "fs", "gs", "ss", "tr", "ldtr",
};
#define SELECTORS	0x2e0u	/* 4 bytes each */
#define LIMITS		0x300u	/* 4 bytes each */
#define BASES		0x328u	/* 8 bytes each */
#define ATTRIBUTES	0x378u	/* 4 bytes each */

static const struct field idtr[] = {
	HEX("base", 8, 0x368), HEX("limit", 4, 0x320)
};
static const struct field gdtr[] = {
	HEX("base", 8, 0x370), HEX("limit", 4, 0x324)
};

static void
add_group(struct item *i, const char *key, const struct field *table,
    size_t count)
{
	struct item group = item_object(i, key);

	item_fields(&group, table, count);
}

static void
add_segments(struct item *i)
{
	struct item group = item_object(i, "segments");
	unsigned n;

	for (n = 0; n < COUNT_OF(segments); n++) {
		const struct field one[] = {
			HEX("selector", 4, SELECTORS + 4 * n),
			HEX("base", 8, BASES + 8 * n),
			HEX("limit", 4, LIMITS + 4 * n),
			HEX("attributes", 4, ATTRIBUTES + 4 * n),
		};
		add_group(&group, segments[n], one, COUNT_OF(one));
	}
	add_group(&group, "idtr", idtr, COUNT_OF(idtr));
	add_group(&group, "gdtr", gdtr, COUNT_OF(gdtr));
}

void
decode_hvm_cpu(struct item *i)
{
	add_group(i, "registers", registers, COUNT_OF(registers));
	add_group(i, "control", control, COUNT_OF(control));
	add_segments(i);
	add_group(i, "debug", debug, COUNT_OF(debug));
	add_group(i, "msrs", msrs, COUNT_OF(msrs));
	item_fields(i, fields, COUNT_OF(fields));
}
