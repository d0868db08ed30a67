/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"

#define IOAPIC_HEADER_SIZE	16u
#define VECTOR_REGISTERS	8u	/* 32 vectors each, 16 bytes apart */
#define XSAVE_HEADER_SIZE	24u

static const char *const lapic_bits[64] = {
	[0] = "hardware", [1] = "software",
};

#define EACH(text, bytes, at, number, apart) \
	{ .name = text, .kind = FIELD_HEX, .size = bytes, .offset = at, \
	  .count = number, .stride = apart }

static const struct field header_fields[] = {
	HEX("magic", 4, 0), COUNT("version", 4, 4), HEX("changeset", 8, 8),
	HEX("cpuid", 4, 16), COUNT("tsc_khz", 4, 20),
};

static const struct field pic_fields[] = {
	HEX("irr", 1, 0), HEX("imr", 1, 1), HEX("isr", 1, 2),
	HEX("irq_base", 1, 3), HEX("init_and_priority", 1, 4),
	HEX("mode", 1, 5), HEX("elcr", 1, 6), HEX("int_output", 1, 7),
};

static const struct field ioapic_fields[] = {
	HEX("base_address", 8, 0), HEX("register_select", 4, 8),
	HEX("id", 4, 12),
};

static const struct field lapic_fields[] = {
	HEX("apic_base", 8, 0), FLAGS("disabled", 4, 8, lapic_bits),
	COUNT("timer_divisor", 4, 12), HEX("tsc_deadline", 8, 16),
	{ .name = "pending_esr", .kind = FIELD_HEX, .size = 4, .offset = 24,
	  .later = true },
};

static const struct field lapic_register_fields[] = {
	HEX("id", 4, 0x20), HEX("version", 4, 0x30), HEX("tpr", 4, 0x80),
	HEX("ppr", 4, 0xa0), HEX("ldr", 4, 0xd0), HEX("dfr", 4, 0xe0),
	HEX("spurious", 4, 0xf0), HEX("esr", 4, 0x280),
	HEX("icr", 4, 0x300), HEX("icr_high", 4, 0x310),
	HEX("lvt_timer", 4, 0x320), HEX("lvt_thermal", 4, 0x330),
	HEX("lvt_performance", 4, 0x340), HEX("lvt_lint0", 4, 0x350),
	HEX("lvt_lint1", 4, 0x360), HEX("lvt_error", 4, 0x370),
	HEX("timer_initial", 4, 0x380), HEX("timer_current", 4, 0x390),
	HEX("timer_divide", 4, 0x3e0),
};

static const struct field pci_irq_fields[] = { LIST("lines", 8, 0, 2) };
static const struct field isa_irq_fields[] = { HEX("lines", 8, 0) };
static const struct field pci_link_fields[] = { LIST("routes", 1, 0, 4) };

static const struct field pit_fields[] = {
	EACH("counts", 4, 0, 3, 16), EACH("latched_counts", 2, 4, 3, 16),
	EACH("status", 1, 8, 3, 16), EACH("modes", 1, 13, 3, 16),
	EACH("gates", 1, 15, 3, 16), HEX("speaker", 4, 48),
};

static const struct field rtc_fields[] = {
	LIST("cmos", 1, 0, 14), HEX("index_register", 1, 14),
	HEX("offset", 8, 16),
};

static const struct field hpet_fields[] = {
	HEX("capability", 8, 0), HEX("config", 8, 16), HEX("isr", 8, 32),
	HEX("main_counter", 8, 240), EACH("timer_configs", 8, 256, 3, 32),
	EACH("timer_comparators", 8, 264, 3, 32),
	LIST("timer_periods", 8, 1024, 3),
};

static const struct field pmtimer_fields[] = {
	HEX("value", 4, 0), HEX("pm1a_status", 2, 4),
	HEX("pm1a_enable", 2, 6),
};

static const struct field mtrr_fields[] = {
	HEX("pat", 8, 0), EACH("variable_bases", 8, 8, 8, 16),
	EACH("variable_masks", 8, 16, 8, 16), LIST("fixed", 8, 136, 11),
	HEX("cap", 8, 224), HEX("default_type", 8, 232),
};

static const struct field viridian_fields[] = {
	HEX("hypercall_gpa", 8, 0), HEX("guest_os_id", 8, 8),
	HEX("time_ref_count", 8, 16), HEX("reference_tsc", 8, 24),
};

static const struct field xsave_fields[] = {
	FLAGS("xcr0", 8, 8, decode_xcr0_bits),
	FLAGS("xcr0_accum", 8, 16, decode_xcr0_bits),
	FLAGS("xstate_bv", 8, XSAVE_HEADER_SIZE + 512, decode_xcr0_bits),
	HEX("xcomp_bv", 8, XSAVE_HEADER_SIZE + 520),
};

static const struct field viridian_vcpu_fields[] = {
	HEX("vp_assist", 8, 0), HEX("apic_assist_pending", 1, 8),
	HEX("simp", 8, 16), LIST("sint", 8, 24, 16),
	LIST("stimer_configs", 8, 152, 4), LIST("stimer_counts", 8, 184, 4),
};

static const struct field vmce_fields[] = {
	HEX("caps", 8, 0), HEX("mci_ctl2_bank0", 8, 8),
	HEX("mci_ctl2_bank1", 8, 16),
	{ .name = "mcg_ext_ctl", .kind = FIELD_HEX, .size = 8, .offset = 24,
	  .later = true },
};

static const struct field tsc_adjust_fields[] = { HEX("adjust", 8, 0) };

static void
add_signature(struct item *i)
{
	uint64_t eax;

	if (item_get(i, 16, 4, &eax))
		decode_signature(i, (uint32_t)eax);
}

/* As many entries as the length says: their number depends on Xen. */
static void
add_redirections(struct item *i)
{
	struct field list = LIST("redirections", 8, IOAPIC_HEADER_SIZE, 0);

	if (i->size < IOAPIC_HEADER_SIZE + 8)
		return;
	list.count = (unsigned)((i->size - IOAPIC_HEADER_SIZE) / 8);
	if (list.count > DECODE_LIST_MAX) {
		item_count(i, "more", list.count - DECODE_LIST_MAX);
		list.count = DECODE_LIST_MAX;
	}
	item_fields(i, &list, 1);
}

static void
add_vectors(struct item *i, const char *key, size_t offset)
{
	json_object *list = item_list(i, key);
	uint64_t bits;
	unsigned vector;

	for (vector = 0; vector < 32 * VECTOR_REGISTERS; vector++)
		if (item_get(i, offset + (size_t)vector / 32 * 16, 4, &bits) &&
		    bits >> vector % 32 & 1)
			item_append(i, list, json_object_new_uint64(vector));
}

static void
add_lapic_vectors(struct item *i)
{
	add_vectors(i, "in_service", 0x100);
	add_vectors(i, "level_triggered", 0x180);
	add_vectors(i, "requested", 0x200);
}

static void
add_area(struct item *i)
{
	if (i->size >= XSAVE_HEADER_SIZE)
		item_count(i, "area_size", i->size - XSAVE_HEADER_SIZE);
}

static void
add_msrs(struct item *i)
{
	uint64_t count;

	item_get(i, 0, 4, &count);
	item_count(i, "count", count);
	item_each(i, "msrs", 8, 16, decode_msr);
	if (i->size >= 8 && count != (i->size - 8) / 16)
		item_malformed(i, "%zu msrs are there", (i->size - 8) / 16);
}

/* By code: xen/include/public/arch-x86/hvm/save.h. */
#define TABLE(fields)	.table = fields, .count = COUNT_OF(fields)
static const struct {
	const char *name;
	const struct field *table;
	size_t count;
	void (*more)(struct item *);
} entries[] = {
	[1] = { "HEADER", TABLE(header_fields), add_signature },
	[2] = { "CPU", NULL, 0, decode_hvm_cpu },
	[3] = { "PIC", TABLE(pic_fields), NULL },
	[4] = { "IOAPIC", TABLE(ioapic_fields), add_redirections },
	[5] = { "LAPIC", TABLE(lapic_fields), NULL },
	[6] = { "LAPIC_REGS", TABLE(lapic_register_fields),
	    add_lapic_vectors },
	[7] = { "PCI_IRQ", TABLE(pci_irq_fields), NULL },
	[8] = { "ISA_IRQ", TABLE(isa_irq_fields), NULL },
	[9] = { "PCI_LINK", TABLE(pci_link_fields), NULL },
	[10] = { "PIT", TABLE(pit_fields), NULL },
	[11] = { "RTC", TABLE(rtc_fields), NULL },
	[12] = { "HPET", TABLE(hpet_fields), NULL },
	[13] = { "PMTIMER", TABLE(pmtimer_fields), NULL },
	[14] = { "MTRR", TABLE(mtrr_fields), NULL },
	[15] = { "VIRIDIAN_DOMAIN", TABLE(viridian_fields), NULL },
	[16] = { "CPU_XSAVE", TABLE(xsave_fields), add_area },
	[17] = { "VIRIDIAN_VCPU", TABLE(viridian_vcpu_fields), NULL },
	[18] = { "VMCE_VCPU", TABLE(vmce_fields), NULL },
	[19] = { "TSC_ADJUST", TABLE(tsc_adjust_fields), NULL },
	[20] = { "CPU_MSR", NULL, 0, add_msrs },
};

const char *
decode_hvm_name(unsigned code)
{
	return code < COUNT_OF(entries) ? entries[code].name : NULL;
}

void
decode_hvm_entry(struct item *i, unsigned code)
{
	if (code >= COUNT_OF(entries))
		return;
	item_fields(i, entries[code].table, entries[code].count);
	if (entries[code].more != NULL)
		entries[code].more(i);
}
