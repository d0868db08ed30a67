/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of PV guests, held against Xen's headers. */
#include "bytes.h"
#include "format.h"
#include "noise.h"

#if __has_include(<xen/foreign/x86_32.h>)
#include <xen/xen.h>
#include <xen/domctl.h>
#include <xen/foreign/x86_32.h>
#include <xen/foreign/x86_64.h>

static void
test_context_64(void)
{
	struct decode d = { .width = 8 };
	json_object *o = json_record(&d, REC_X86_PV_VCPU_BASIC, noise,
	    8 + sizeof(struct vcpu_guest_context_x86_64));

	is(o, "malformed", "nothing");
#define AT(path, member) \
	SAME(o, path, 8, vcpu_guest_context_x86_64, member)
#define REGISTER(name) AT("registers." #name, user_regs.name)
#define DEBUG() \
	AT("debug.dr0", debugreg[0]); AT("debug.dr1", debugreg[1]); \
	AT("debug.dr2", debugreg[2]); AT("debug.dr3", debugreg[3]); \
	AT("debug.dr4", debugreg[4]); AT("debug.dr5", debugreg[5]); \
	AT("debug.dr6", debugreg[6]); AT("debug.dr7", debugreg[7])
	REGISTER(rax); REGISTER(rbx); REGISTER(rcx); REGISTER(rdx);
	REGISTER(rsi); REGISTER(rdi); REGISTER(rbp); REGISTER(rsp);
	REGISTER(r8); REGISTER(r9); REGISTER(r10); REGISTER(r11);
	REGISTER(r12); REGISTER(r13); REGISTER(r14); REGISTER(r15);
	REGISTER(rip); REGISTER(rflags); REGISTER(cs); REGISTER(ss);
	REGISTER(ds); REGISTER(es); REGISTER(fs); REGISTER(gs);
	REGISTER(error_code); REGISTER(entry_vector);
	REGISTER(saved_upcall_mask);
	AT("flags", flags); AT("fs_base", fs_base);
	AT("gs_base_kernel", gs_base_kernel);
	AT("gs_base_user", gs_base_user);
	AT("ldt_base", ldt_base); AT("ldt_entries", ldt_ents);
	AT("gdt_entries", gdt_ents); AT("kernel_ss", kernel_ss);
	AT("kernel_sp", kernel_sp); AT("event_callback", event_callback_eip);
	AT("failsafe_callback", failsafe_callback_eip);
	AT("syscall_callback", syscall_callback_eip);
	AT("vm_assist", vm_assist);
	AT("control.cr0", ctrlreg[0]); AT("control.cr1", ctrlreg[1]);
	AT("control.cr2", ctrlreg[2]); AT("control.cr3", ctrlreg[3]);
	AT("control.cr4", ctrlreg[4]);
	DEBUG();
	AT("gdt_frames.0", gdt_frames[0]);
	AT("gdt_frames.15", gdt_frames[15]);
	AT("traps.0.vector", trap_ctxt[0].vector);
	AT("traps.255.cs", trap_ctxt[255].cs);
	AT("traps.255.address", trap_ctxt[255].address);
#undef AT
	json_object_put(o);
}

static void
test_context_32(void)
{
	struct decode d = { .width = 4 };
	json_object *o = json_record(&d, REC_X86_PV_VCPU_BASIC, noise,
	    8 + sizeof(struct vcpu_guest_context_x86_32));

	is(o, "malformed", "nothing");
#define AT(path, member) \
	SAME(o, path, 8, vcpu_guest_context_x86_32, member)
	REGISTER(eax); REGISTER(ebx); REGISTER(ecx); REGISTER(edx);
	REGISTER(esi); REGISTER(edi); REGISTER(ebp); REGISTER(esp);
	REGISTER(eip); REGISTER(eflags); REGISTER(cs); REGISTER(ss);
	REGISTER(ds); REGISTER(es); REGISTER(fs); REGISTER(gs);
	REGISTER(error_code); REGISTER(entry_vector);
	REGISTER(saved_upcall_mask);
	AT("flags", flags);
	AT("ldt_base", ldt_base); AT("ldt_entries", ldt_ents);
	AT("gdt_entries", gdt_ents); AT("kernel_ss", kernel_ss);
	AT("kernel_sp", kernel_sp);
	AT("event_callback_cs", event_callback_cs);
	AT("event_callback", event_callback_eip);
	AT("failsafe_callback_cs", failsafe_callback_cs);
	AT("failsafe_callback", failsafe_callback_eip);
	AT("vm_assist", vm_assist);
	AT("control.cr0", ctrlreg[0]); AT("control.cr1", ctrlreg[1]);
	AT("control.cr2", ctrlreg[2]); AT("control.cr3", ctrlreg[3]);
	AT("control.cr4", ctrlreg[4]);
	DEBUG();
	AT("gdt_frames.15", gdt_frames[15]);
	AT("traps.255.cs", trap_ctxt[255].cs);
	AT("traps.255.address", trap_ctxt[255].address);
#undef AT
	json_object_put(o);
}

static void
shift(json_object *o, size_t offset)
{
	char text[24];

	snprintf(text, sizeof(text), "%d", (int8_t)noise[offset]);
	is(o, "vcpus.31.tsc_shift", text);
}

#define SHARED(type) \
	is(o, "malformed", "nothing"); \
	SAME(o, "max_pfn", 0, type, arch.max_pfn); \
	SAME(o, "frame_list_list", 0, type, \
	    arch.pfn_to_mfn_frame_list_list); \
	SAME(o, "nmi_reason", 0, type, arch.nmi_reason); \
	SAME(o, "p2m_cr3", 0, type, arch.p2m_cr3); \
	SAME(o, "p2m_vaddr", 0, type, arch.p2m_vaddr); \
	SAME(o, "p2m_generation", 0, type, arch.p2m_generation); \
	SAME(o, "wallclock_version", 0, type, wc_version); \
	SAME(o, "wallclock_nsec", 0, type, wc_nsec); \
	SAME(o, "vcpus.31.upcall_pending", 0, type, \
	    vcpu_info[31].evtchn_upcall_pending); \
	SAME(o, "vcpus.31.upcall_mask", 0, type, \
	    vcpu_info[31].evtchn_upcall_mask); \
	SAME(o, "vcpus.31.pending_selector", 0, type, \
	    vcpu_info[31].evtchn_pending_sel); \
	SAME(o, "vcpus.31.cr2", 0, type, vcpu_info[31].arch.cr2); \
	SAME(o, "vcpus.31.time_version", 0, type, \
	    vcpu_info[31].time.version); \
	SAME(o, "vcpus.31.tsc_timestamp", 0, type, \
	    vcpu_info[31].time.tsc_timestamp); \
	SAME(o, "vcpus.31.system_time", 0, type, \
	    vcpu_info[31].time.system_time); \
	SAME(o, "vcpus.31.tsc_to_system_multiplier", 0, type, \
	    vcpu_info[31].time.tsc_to_system_mul); \
	shift(o, offsetof(struct type, vcpu_info[31].time.tsc_shift))

/* How many ports the pages of noise have, by their bits. */
static void
test_events(json_object *o, const char *key, size_t offset, size_t size)
{
	unsigned count = 0;
	char text[24];
	size_t k;

	for (k = 0; k < size; k++)
		count += (unsigned)__builtin_popcount(noise[offset + k]);
	snprintf(text, sizeof(text), "%u", count);
	is(o, key, text);
}

#define EVENTS(key, type, member) \
	test_events(o, key, offsetof(struct type, member), \
	    sizeof(((struct type *)0)->member))

static void
test_shared_info(void)
{
	struct decode d = { .width = 8 };
	json_object *o;
	uint64_t seconds;
	char text[24];

	o = json_record(&d, REC_SHARED_INFO, noise, PAGE_SIZE);
	SHARED(shared_info_x86_64);
	EVENTS("pending", shared_info_x86_64, evtchn_pending);
	EVENTS("masked", shared_info_x86_64, evtchn_mask);
	seconds = get_le32(noise + offsetof(struct shared_info_x86_64,
	    wc_sec)) | (uint64_t)get_le32(noise +
	    offsetof(struct shared_info_x86_64, wc_sec_hi)) << 32;
	snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", seconds);
	is(o, "wallclock_sec", text);
	json_object_put(o);
	d.width = 4;
	o = json_record(&d, REC_SHARED_INFO, noise, PAGE_SIZE);
	SHARED(shared_info_x86_32);
	EVENTS("pending", shared_info_x86_32, evtchn_pending);
	EVENTS("masked", shared_info_x86_32, evtchn_mask);
	seconds = get_le32(noise + offsetof(struct shared_info_x86_32,
	    wc_sec)) | (uint64_t)get_le32(noise +
	    offsetof(struct shared_info_x86_32, arch.wc_sec_hi)) << 32;
	snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", seconds);
	is(o, "wallclock_sec", text);
	json_object_put(o);
}

static void
test_extended(void)
{
	struct decode d = { 0 };
	json_object *o = json_record(&d, REC_X86_PV_VCPU_EXTENDED, noise,
	    8 + 128);

#define AT(path, member) \
	SAME(o, path, 8, xen_domctl_ext_vcpucontext, member)
	AT("size", size);
	AT("syscall32_callback", syscall32_callback_eip);
	AT("sysenter_callback", sysenter_callback_eip);
	AT("syscall32_callback_cs", syscall32_callback_cs);
	AT("sysenter_callback_cs", sysenter_callback_cs);
	AT("syscall32_disables_events", syscall32_disables_events);
	AT("sysenter_disables_events", sysenter_disables_events);
	AT("mcg_cap", mcg_cap);
	AT("mci_ctl2_bank0", vmce.mci_ctl2_bank0);
	AT("mci_ctl2_bank1", vmce.mci_ctl2_bank1);
#undef AT
	json_object_put(o);
}

int
main(void)
{
	make_noise();
	test_context_64();
	test_context_32();
	test_shared_info();
	test_extended();
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
