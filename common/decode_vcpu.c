/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"
#include "format.h"

#define VCPU_HEADER_SIZE	8u
#define GDT_ENTRIES		512u	/* in a frame */
#define GDT_FRAMES_MAX		16u
#define TRAPS			256u
#define XSAVE_HEADER_SIZE	16u	/* xcr0 and xcr0_accum */

static const char *const flag_bits[64] = {
	[0] = "i387_valid", [2] = "in_kernel",
	[3] = "failsafe_disables_events", [4] = "syscall_disables_events",
	[5] = "online", [8] = "in_syscall",
};

static const char *const assist_bits[64] = {
	[0] = "4gb_segments", [1] = "4gb_segments_notify",
	[2] = "writable_pagetables", [3] = "pae_extended_cr3",
	[4] = "architectural_iopl", [5] = "runstate_update_flag",
	[32] = "m2p_strict",
};

#define CR3(kind_, width, at) \
	{ .name = "cr3_pfn", .kind = kind_, .size = width, .offset = at }

static const struct field registers_64[] = {
	HEX("rip", 8, 0x288), HEX("cs", 2, 0x290),
	FLAGS("rflags", 8, 0x298, decode_rflags_bits),
	HEX("rsp", 8, 0x2a0), HEX("ss", 2, 0x2a8),
	HEX("rax", 8, 0x258), HEX("rbx", 8, 0x230), HEX("rcx", 8, 0x260),
	HEX("rdx", 8, 0x268), HEX("rsi", 8, 0x270), HEX("rdi", 8, 0x278),
	HEX("rbp", 8, 0x228), HEX("r8", 8, 0x250), HEX("r9", 8, 0x248),
	HEX("r10", 8, 0x240), HEX("r11", 8, 0x238), HEX("r12", 8, 0x220),
	HEX("r13", 8, 0x218), HEX("r14", 8, 0x210), HEX("r15", 8, 0x208),
	HEX("es", 2, 0x2b0), HEX("ds", 2, 0x2b8), HEX("fs", 2, 0x2c0),
	HEX("gs", 2, 0x2c8),
	HEX("error_code", 4, 0x280), HEX("entry_vector", 4, 0x284),
	HEX("saved_upcall_mask", 1, 0x294),
};

static const struct field fields_64[] = {
	FLAGS("flags", 8, 0x200, flag_bits),
	HEX("fs_base", 8, 0x1418), HEX("gs_base_kernel", 8, 0x1420),
	HEX("gs_base_user", 8, 0x1428),
	HEX("ldt_base", 8, 0x12d0), HEX("ldt_entries", 8, 0x12d8),
	HEX("gdt_entries", 8, 0x1360),
	HEX("kernel_ss", 8, 0x1368), HEX("kernel_sp", 8, 0x1370),
	HEX("event_callback", 8, 0x13f8),
	HEX("failsafe_callback", 8, 0x1400),
	HEX("syscall_callback", 8, 0x1408),
	FLAGS("vm_assist", 8, 0x1410, assist_bits),
};

static const struct field control_64[] = {
	FLAGS("cr0", 8, 0x1378, decode_cr0_bits), HEX("cr1", 8, 0x1380),
	HEX("cr2", 8, 0x1388), HEX("cr3", 8, 0x1390),
	CR3(FIELD_FRAME, 8, 0x1390),
	FLAGS("cr4", 8, 0x1398, decode_cr4_bits),
};

static const struct field debug_64[] = {
	SELDOM("dr0", 8, 0x13b8), SELDOM("dr1", 8, 0x13c0),
	SELDOM("dr2", 8, 0x13c8), SELDOM("dr3", 8, 0x13d0),
	SELDOM("dr4", 8, 0x13d8), SELDOM("dr5", 8, 0x13e0),
	SELDOM("dr6", 8, 0x13e8), SELDOM("dr7", 8, 0x13f0),
};

static const struct field registers_32[] = {
	HEX("eip", 4, 0x224), HEX("cs", 2, 0x228),
	FLAGS("eflags", 4, 0x22c, decode_rflags_bits),
	HEX("esp", 4, 0x230), HEX("ss", 2, 0x234),
	HEX("eax", 4, 0x21c), HEX("ebx", 4, 0x204), HEX("ecx", 4, 0x208),
	HEX("edx", 4, 0x20c), HEX("esi", 4, 0x210), HEX("edi", 4, 0x214),
	HEX("ebp", 4, 0x218),
	HEX("es", 2, 0x238), HEX("ds", 2, 0x23c), HEX("fs", 2, 0x240),
	HEX("gs", 2, 0x244),
	HEX("error_code", 2, 0x220), HEX("entry_vector", 2, 0x222),
	HEX("saved_upcall_mask", 1, 0x22a),
};

static const struct field fields_32[] = {
	FLAGS("flags", 4, 0x200, flag_bits),
	HEX("ldt_base", 4, 0xa48), HEX("ldt_entries", 4, 0xa4c),
	HEX("gdt_entries", 4, 0xa90),
	HEX("kernel_ss", 4, 0xa94), HEX("kernel_sp", 4, 0xa98),
	HEX("event_callback_cs", 4, 0xadc), HEX("event_callback", 4, 0xae0),
	HEX("failsafe_callback_cs", 4, 0xae4),
	HEX("failsafe_callback", 4, 0xae8),
	FLAGS("vm_assist", 4, 0xaec, assist_bits),
};

static const struct field control_32[] = {
	FLAGS("cr0", 4, 0xa9c, decode_cr0_bits), HEX("cr1", 4, 0xaa0),
	HEX("cr2", 4, 0xaa4), HEX("cr3", 4, 0xaa8),
	CR3(FIELD_FOLDED, 4, 0xaa8),
	FLAGS("cr4", 4, 0xaac, decode_cr4_bits),
};

static const struct field debug_32[] = {
	SELDOM("dr0", 4, 0xabc), SELDOM("dr1", 4, 0xac0),
	SELDOM("dr2", 4, 0xac4), SELDOM("dr3", 4, 0xac8),
	SELDOM("dr4", 4, 0xacc), SELDOM("dr5", 4, 0xad0),
	SELDOM("dr6", 4, 0xad4), SELDOM("dr7", 4, 0xad8),
};

/* Where the two kinds of guests have it: struct vcpu_guest_context. */
struct context {
	unsigned width, size;		/* bytes */
	unsigned start_info;		/* vcpu 0's rdx: its pfn */
	unsigned traps, gdt_frames, gdt_entries;
	struct {
		const char *key;	/* NULL: in the record itself */
		const struct field *fields;
		size_t count;
	} groups[4];
};

#define GROUP(key, fields)	{ key, fields, COUNT_OF(fields) }
static const struct context context_64 = {
	8, 5168, 0x268, 0x2d0, 0x12e0, 0x1360, {
		GROUP(NULL, fields_64), GROUP("registers", registers_64),
		GROUP("control", control_64), GROUP("debug", debug_64),
	}
};
static const struct context context_32 = {
	4, 2800, 0x20c, 0x248, 0xa50, 0xa90, {
		GROUP(NULL, fields_32), GROUP("registers", registers_32),
		GROUP("control", control_32), GROUP("debug", debug_32),
	}
};

/*
 * The vcpu's number, and *blob: what follows the header, for the same
 * object.  False when there is nothing: Xen 4.6 to 4.8 wrote vcpus without a
 * blob.
 */
static bool
take_header(struct item *i, struct item *blob)
{
	static const struct field fields[] = { COUNT("vcpu", 4, 0) };

	*blob = *i;
	item_fields(i, fields, COUNT_OF(fields));
	if (!item_has(i, VCPU_HEADER_SIZE))
		return false;
	blob->bytes += VCPU_HEADER_SIZE;
	blob->size -= VCPU_HEADER_SIZE;
	return blob->size > 0;
}

/* The handlers that are set. */
static void
add_traps(struct item *i, const struct context *c)
{
	json_object *list = item_list(i, "traps");
	uint64_t address, selector, vector, flags;
	struct item entry;
	size_t size = (size_t)2 * c->width, at, n;

	for (n = 0; n < TRAPS; n++) {
		at = c->traps + n * size;
		if (!item_get(i, at, 1, &vector) ||
		    !item_get(i, at + 1, 1, &flags) ||
		    !item_get(i, at + 2, 2, &selector) ||
		    !item_get(i, at + c->width, c->width, &address) ||
		    address == 0)
			continue;
		entry = item_entry(i, list, at, size);
		item_count(&entry, "vector", vector);
		item_hex(&entry, "cs", selector);
		item_hex(&entry, "address", address);
		item_count(&entry, "privilege", flags & 3);
		item_flag(&entry, "disables_events", flags >> 2 & 1);
	}
}

static void
add_gdt(struct item *i, const struct context *c)
{
	struct field frames = LIST("gdt_frames", c->width, c->gdt_frames, 0);
	uint64_t entries;

	if (!item_get(i, c->gdt_entries, c->width, &entries) || entries == 0)
		return;
	frames.count = entries > (uint64_t)GDT_FRAMES_MAX * GDT_ENTRIES ?
	    GDT_FRAMES_MAX :
	    (unsigned)((entries + GDT_ENTRIES - 1) / GDT_ENTRIES);
	item_fields(i, &frames, 1);
}

void
decode_vcpu_basic(struct decode *d, struct item *i)
{
	const struct context *c = &context_64;
	struct item blob, group;
	uint64_t vcpu, pfn;
	size_t k;

	if (!take_header(i, &blob))
		return;
	if (d->width == 4 || (d->width == 0 && blob.size <= context_32.size))
		c = &context_32;
	if (blob.size != c->size)
		item_malformed(i, "a context of %zu bytes, %u are due",
		    blob.size, c->size);
	for (k = 0; k < COUNT_OF(c->groups); k++) {
		group = c->groups[k].key == NULL ? blob :
		    item_object(&blob, c->groups[k].key);
		item_fields(&group, c->groups[k].fields,
		    c->groups[k].count);
	}
	/* The registers of a guest that was suspended by a hypercall. */
	if (item_get(i, 0, 4, &vcpu) && vcpu == 0 &&
	    item_get(&blob, c->start_info, c->width, &pfn))
		item_hex(i, "start_info_pfn", pfn);
	add_gdt(&blob, c);
	add_traps(&blob, c);
}

void
decode_vcpu_extended(struct decode *d, struct item *i)
{
	static const struct field fields[] = {
		COUNT("size", 4, 4),
		HEX("syscall32_callback", 8, 8),
		HEX("sysenter_callback", 8, 16),
		HEX("syscall32_callback_cs", 2, 24),
		HEX("sysenter_callback_cs", 2, 26),
		COUNT("syscall32_disables_events", 1, 28),
		COUNT("sysenter_disables_events", 1, 29),
		HEX("mcg_cap", 8, 32),
		HEX("mci_ctl2_bank0", 8, 40),
		HEX("mci_ctl2_bank1", 8, 48),
	};
	struct item blob;

	(void)d;
	if (take_header(i, &blob))
		item_fields(&blob, fields, COUNT_OF(fields));
}

void
decode_vcpu_xsave(struct decode *d, struct item *i)
{
	static const struct field fields[] = {
		FLAGS("xcr0", 8, 0, decode_xcr0_bits),
		FLAGS("xcr0_accum", 8, 8, decode_xcr0_bits),
	};
	static const struct field area[] = {
		FLAGS("xstate_bv", 8, XSAVE_HEADER_SIZE + 512,
		    decode_xcr0_bits),
		HEX("xcomp_bv", 8, XSAVE_HEADER_SIZE + 520),
	};
	struct item blob;

	(void)d;
	if (!take_header(i, &blob))
		return;
	item_fields(&blob, fields, COUNT_OF(fields));
	if (blob.size < XSAVE_HEADER_SIZE)
		return;
	item_count(i, "area_size", blob.size - XSAVE_HEADER_SIZE);
	if (blob.size > XSAVE_HEADER_SIZE)
		item_fields(&blob, area, COUNT_OF(area));
}

void
decode_vcpu_msrs(struct decode *d, struct item *i)
{
	struct item blob;

	(void)d;
	if (take_header(i, &blob))
		item_each(&blob, "msrs", 0, 16, decode_msr);
}
