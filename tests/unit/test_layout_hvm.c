/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HVM_CONTEXT and HVM_PARAMS, held against Xen's headers. */
#include "bytes.h"
#include "format.h"
#include "noise.h"

#if __has_include(<xen/hvm/save.h>)
#include <xen/xen.h>
#include <xen/hvm/params.h>
#include <xen/hvm/save.h>

/* An HVM_CONTEXT with one entry, of noise behind its header. */
static json_object *
entry(unsigned code, size_t length)
{
	static uint8_t body[8 + sizeof(noise) + 8];
	struct decode d = { 0 };

	memcpy(body + 8, noise, length);
	put_le16(body, (uint16_t)code);
	put_le16(body + 2, 0);
	put_le32(body + 4, (uint32_t)length);
	memset(body + 8 + length, 0, 8);
	return json_record(&d, REC_HVM_CONTEXT, body, length + 16);
}

#define ENTRY(name) \
	entry(HVM_SAVE_CODE(name), HVM_SAVE_LENGTH(name))
#define IN(key, type, member) SAME(o, "entries.0." key, 0, type, member)

static void
test_cpu(void)
{
	json_object *o = ENTRY(CPU);

#define CPU(key, member) IN(key, hvm_hw_cpu, member)
#define GENERAL(name) CPU("registers." #name, name)
	is(o, "malformed", "nothing");
	is(o, "entries.0.malformed", "nothing");
	GENERAL(rax); GENERAL(rbx); GENERAL(rcx); GENERAL(rdx);
	GENERAL(rsi); GENERAL(rdi); GENERAL(rbp); GENERAL(rsp);
	GENERAL(r8); GENERAL(r9); GENERAL(r10); GENERAL(r11);
	GENERAL(r12); GENERAL(r13); GENERAL(r14); GENERAL(r15);
	GENERAL(rip); GENERAL(rflags);
	CPU("control.cr0", cr0); CPU("control.cr2", cr2);
	CPU("control.cr3", cr3); CPU("control.cr4", cr4);
	CPU("control.efer", msr_efer);
	CPU("debug.dr0", dr0); CPU("debug.dr1", dr1); CPU("debug.dr2", dr2);
	CPU("debug.dr3", dr3); CPU("debug.dr6", dr6); CPU("debug.dr7", dr7);
#define SEGMENT(name) \
	CPU("segments." #name ".selector", name##_sel); \
	CPU("segments." #name ".limit", name##_limit); \
	CPU("segments." #name ".base", name##_base); \
	CPU("segments." #name ".attributes", name##_arbytes)
	SEGMENT(cs); SEGMENT(ds); SEGMENT(es); SEGMENT(fs); SEGMENT(gs);
	SEGMENT(ss); SEGMENT(tr); SEGMENT(ldtr);
	CPU("segments.idtr.base", idtr_base);
	CPU("segments.idtr.limit", idtr_limit);
	CPU("segments.gdtr.base", gdtr_base);
	CPU("segments.gdtr.limit", gdtr_limit);
	CPU("msrs.sysenter_cs", sysenter_cs);
	CPU("msrs.sysenter_esp", sysenter_esp);
	CPU("msrs.sysenter_eip", sysenter_eip);
	CPU("msrs.shadow_gs", shadow_gs); CPU("msrs.lstar", msr_lstar);
	CPU("msrs.star", msr_star); CPU("msrs.cstar", msr_cstar);
	CPU("msrs.syscall_mask", msr_syscall_mask);
	CPU("msrs.tsc_aux", msr_tsc_aux);
	CPU("tsc", tsc); CPU("pending_event", pending_event);
	CPU("error_code", error_code); CPU("flags", flags);
	json_object_put(o);
}

static void
test_interrupts(void)
{
	json_object *o = ENTRY(HEADER);

	IN("magic", hvm_save_header, magic);
	IN("version", hvm_save_header, version);
	IN("changeset", hvm_save_header, changeset);
	IN("cpuid", hvm_save_header, cpuid);
	IN("tsc_khz", hvm_save_header, gtsc_khz);
	json_object_put(o);
	o = ENTRY(PIC);
	IN("irr", hvm_hw_vpic, irr);
	IN("imr", hvm_hw_vpic, imr);
	IN("isr", hvm_hw_vpic, isr);
	IN("irq_base", hvm_hw_vpic, irq_base);
	/* Bit fields before and between these two. */
	same(o, "entries.0.init_and_priority",
	    offsetof(struct hvm_hw_vpic, irq_base) + 1, 1);
	same(o, "entries.0.mode", offsetof(struct hvm_hw_vpic, elcr) - 1, 1);
	IN("elcr", hvm_hw_vpic, elcr);
	IN("int_output", hvm_hw_vpic, int_output);
	json_object_put(o);
	o = ENTRY(IOAPIC);
	IN("base_address", hvm_hw_vioapic, base_address);
	IN("register_select", hvm_hw_vioapic, ioregsel);
	IN("id", hvm_hw_vioapic, id);
	IN("redirections.0", hvm_hw_vioapic, redirtbl[0].bits);
	IN("redirections.47", hvm_hw_vioapic, redirtbl[47].bits);
	json_object_put(o);
	o = ENTRY(LAPIC);
	is(o, "entries.0.malformed", "nothing");
	IN("apic_base", hvm_hw_lapic, apic_base_msr);
	IN("disabled", hvm_hw_lapic, disabled);
	IN("timer_divisor", hvm_hw_lapic, timer_divisor);
	IN("tsc_deadline", hvm_hw_lapic, tdt_msr);
	json_object_put(o);
	o = ENTRY(PCI_IRQ);
	IN("lines.1", hvm_hw_pci_irqs, pad[1]);
	json_object_put(o);
	o = ENTRY(ISA_IRQ);
	IN("lines", hvm_hw_isa_irqs, pad[0]);
	json_object_put(o);
	o = ENTRY(PCI_LINK);
	IN("routes.3", hvm_hw_pci_link, route[3]);
	json_object_put(o);
}

/* Offsets of the local APIC's page: Intel's manual, volume 3, table 11-1. */
static void
test_lapic_registers(void)
{
	static const struct {
		const char *path;
		size_t offset;
	} registers[] = {
		{ "entries.0.id", 0x20 }, { "entries.0.version", 0x30 },
		{ "entries.0.tpr", 0x80 }, { "entries.0.ppr", 0xa0 },
		{ "entries.0.ldr", 0xd0 }, { "entries.0.dfr", 0xe0 },
		{ "entries.0.spurious", 0xf0 }, { "entries.0.esr", 0x280 },
		{ "entries.0.icr", 0x300 }, { "entries.0.icr_high", 0x310 },
		{ "entries.0.lvt_timer", 0x320 },
		{ "entries.0.lvt_thermal", 0x330 },
		{ "entries.0.lvt_performance", 0x340 },
		{ "entries.0.lvt_lint0", 0x350 },
		{ "entries.0.lvt_lint1", 0x360 },
		{ "entries.0.lvt_error", 0x370 },
		{ "entries.0.timer_initial", 0x380 },
		{ "entries.0.timer_current", 0x390 },
		{ "entries.0.timer_divide", 0x3e0 },
	};
	json_object *o = ENTRY(LAPIC_REGS);
	uint8_t page[sizeof(noise)];
	size_t k;

	for (k = 0; k < sizeof(registers) / sizeof(registers[0]); k++)
		same(o, registers[k].path, registers[k].offset, 4);
	json_object_put(o);
	/* Vectors 0x31 in service, 0xef level triggered, 0x20 requested. */
	memcpy(page, noise, sizeof(noise));
	memset(noise, 0, sizeof(noise));
	noise[0x112] = 2;
	noise[0x1f1] = 0x80;
	noise[0x210] = 1;
	o = ENTRY(LAPIC_REGS);
	is(o, "entries.0.in_service", "[ 49 ]");
	is(o, "entries.0.level_triggered", "[ 239 ]");
	is(o, "entries.0.requested", "[ 32 ]");
	json_object_put(o);
	memcpy(noise, page, sizeof(noise));
}

static void
test_timers(void)
{
	json_object *o = ENTRY(PIT);

	IN("counts.2", hvm_hw_pit, channels[2].count);
	IN("latched_counts.2", hvm_hw_pit, channels[2].latched_count);
	IN("status.2", hvm_hw_pit, channels[2].status);
	IN("modes.2", hvm_hw_pit, channels[2].mode);
	IN("gates.2", hvm_hw_pit, channels[2].gate);
	IN("speaker", hvm_hw_pit, speaker_data_on);
	json_object_put(o);
	o = ENTRY(RTC);
	IN("cmos.13", hvm_hw_rtc, cmos_data[13]);
	IN("index_register", hvm_hw_rtc, cmos_index);
	IN("offset", hvm_hw_rtc, rtc_offset);
	json_object_put(o);
	o = ENTRY(HPET);
	IN("capability", hvm_hw_hpet, capability);
	IN("config", hvm_hw_hpet, config);
	IN("isr", hvm_hw_hpet, isr);
	IN("main_counter", hvm_hw_hpet, mc64);
	IN("timer_configs.2", hvm_hw_hpet, timers[2].config);
	IN("timer_comparators.2", hvm_hw_hpet, timers[2].cmp);
	IN("timer_periods.2", hvm_hw_hpet, period[2]);
	json_object_put(o);
	o = ENTRY(PMTIMER);
	IN("value", hvm_hw_pmtimer, tmr_val);
	IN("pm1a_status", hvm_hw_pmtimer, pm1a_sts);
	IN("pm1a_enable", hvm_hw_pmtimer, pm1a_en);
	json_object_put(o);
	o = ENTRY(TSC_ADJUST);
	IN("adjust", hvm_tsc_adjust, tsc_adjust);
	json_object_put(o);
}

static void
test_other_entries(void)
{
	json_object *o = ENTRY(MTRR);

	IN("pat", hvm_hw_mtrr, msr_pat_cr);
	IN("variable_bases.7", hvm_hw_mtrr, msr_mtrr_var[14]);
	IN("variable_masks.7", hvm_hw_mtrr, msr_mtrr_var[15]);
	IN("fixed.10", hvm_hw_mtrr, msr_mtrr_fixed[10]);
	IN("cap", hvm_hw_mtrr, msr_mtrr_cap);
	IN("default_type", hvm_hw_mtrr, msr_mtrr_def_type);
	json_object_put(o);
	o = ENTRY(VIRIDIAN_DOMAIN);
	IN("hypercall_gpa", hvm_viridian_domain_context, hypercall_gpa);
	IN("guest_os_id", hvm_viridian_domain_context, guest_os_id);
	IN("time_ref_count", hvm_viridian_domain_context, time_ref_count);
	IN("reference_tsc", hvm_viridian_domain_context, reference_tsc);
	json_object_put(o);
	o = entry(CPU_XSAVE_CODE, sizeof(struct hvm_hw_cpu_xsave));
	IN("xcr0", hvm_hw_cpu_xsave, xcr0);
	IN("xcr0_accum", hvm_hw_cpu_xsave, xcr0_accum);
	IN("xstate_bv", hvm_hw_cpu_xsave, save_area.xsave_hdr.xstate_bv);
	IN("xcomp_bv", hvm_hw_cpu_xsave, save_area.xsave_hdr.xcomp_bv);
	is(o, "entries.0.area_size", "576");
	json_object_put(o);
	o = ENTRY(VIRIDIAN_VCPU);
	IN("vp_assist", hvm_viridian_vcpu_context, vp_assist_msr);
	IN("apic_assist_pending", hvm_viridian_vcpu_context,
	    apic_assist_pending);
	IN("simp", hvm_viridian_vcpu_context, simp_msr);
	IN("sint.15", hvm_viridian_vcpu_context, sint_msr[15]);
	IN("stimer_configs.3", hvm_viridian_vcpu_context,
	    stimer_config_msr[3]);
	IN("stimer_counts.3", hvm_viridian_vcpu_context,
	    stimer_count_msr[3]);
	json_object_put(o);
	o = ENTRY(VMCE_VCPU);
	IN("caps", hvm_vmce_vcpu, caps);
	IN("mci_ctl2_bank0", hvm_vmce_vcpu, mci_ctl2_bank0);
	IN("mci_ctl2_bank1", hvm_vmce_vcpu, mci_ctl2_bank1);
	IN("mcg_ext_ctl", hvm_vmce_vcpu, mcg_ext_ctl);
	json_object_put(o);
	o = entry(CPU_MSR_CODE, 8 + 16);
	same(o, "entries.0.msrs.0.index",
	    offsetof(struct hvm_msr, msr), 4);
	same(o, "entries.0.msrs.0.value", offsetof(struct hvm_msr, msr) +
	    offsetof(struct hvm_one_msr, val), 8);
	json_object_put(o);
}

/* The names, by the numbers that Xen's header gives them. */
#define PARAM(name) { #name, HVM_PARAM_##name }
static void
test_params(void)
{
	static const struct {
		const char *name;
		unsigned index;
	} params[] = {
		PARAM(CALLBACK_IRQ), PARAM(STORE_PFN), PARAM(STORE_EVTCHN),
		PARAM(PAE_ENABLED), PARAM(IOREQ_PFN), PARAM(BUFIOREQ_PFN),
		PARAM(VIRIDIAN), PARAM(TIMER_MODE), PARAM(HPET_ENABLED),
		PARAM(IDENT_PT), PARAM(ACPI_S_STATE), PARAM(VM86_TSS),
		PARAM(VPT_ALIGN), PARAM(CONSOLE_PFN), PARAM(CONSOLE_EVTCHN),
		PARAM(ACPI_IOPORTS_LOCATION), PARAM(PAGING_RING_PFN),
		PARAM(MONITOR_RING_PFN), PARAM(SHARING_RING_PFN),
		PARAM(TRIPLE_FAULT_REASON), PARAM(IOREQ_SERVER_PFN),
		PARAM(NR_IOREQ_SERVER_PAGES), PARAM(VM_GENERATION_ID_ADDR),
		PARAM(ALTP2M), PARAM(X87_FIP_WIDTH), PARAM(VM86_TSS_SIZED),
		PARAM(MCA_CAP),
	};
	uint8_t body[8 + 16] = { 1 };
	struct decode d = { 0 };
	char text[64];
	json_object *o;
	size_t k;

	for (k = 0; k < sizeof(params) / sizeof(params[0]); k++) {
		body[8] = (uint8_t)params[k].index;
		o = json_record(&d, REC_HVM_PARAMS, body, sizeof(body));
		snprintf(text, sizeof(text), "\"%s\"", params[k].name);
		is(o, "params.0.name", text);
		json_object_put(o);
	}
}

int
main(void)
{
	make_noise();
	test_cpu();
	test_interrupts();
	test_lapic_registers();
	test_timers();
	test_other_entries();
	test_params();
	return tap_end();
}

#else

int
main(void)
{
	ok(true, "# SKIP without Xen's headers");
	return tap_end();
}

#endif
