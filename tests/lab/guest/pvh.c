/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The PVH kind: 32-bit without paging, so every address is physical.
 */
#include "tiny.h"

#include <xen/arch-x86/cpuid.h>
#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/hvm_vcpu.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>
#include <xen/vcpu.h>

enum {
	PAGE_SHIFT = 12,
	SHARED_INFO_PFN = 0xfe700, /* unused by RAM and by special pages */
	GRANT_TABLE_PFN = 0xfe701,
	UPCALL_VECTOR = 0x20,
	CR0_PROTECTED = 0x11,      /* PE; without ET no restore takes it */
	CODE_4GIB = 0xc9b,         /* as hvm_vcpu.h has attributes */
	DATA_4GIB = 0xc93,
	BUSY_TSS = 0x8b,
};

long hypercall(unsigned op, unsigned long a, unsigned long b, unsigned long c)
{
	long result;

	__asm__ volatile("call *%[entry]"
		: "=a"(result), "+b"(a), "+c"(b), "+d"(c)
		: [entry] "a"(hypercall_page + op * 32)
		: "esi", "edi", "memory");
	return result;
}

/* Returns ebx of a leaf; the signature leaf has "XenV" there. */
static uint32_t cpuid_ebx(uint32_t leaf)
{
	uint32_t eax = leaf, ebx, ecx = 0, edx;

	__asm__ volatile("cpuid"
		: "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return ebx;
}

static void fill_hypercall_page(void)
{
	uint32_t base = XEN_CPUID_FIRST_LEAF;

	while (cpuid_ebx(base) != XEN_CPUID_SIGNATURE_EBX)
		base += 0x100;
	/* The third leaf's ebx is the MSR that takes the page's address. */
	__asm__ volatile("wrmsr" : : "c"(cpuid_ebx(base + 2)),
		"a"((uint32_t)hypercall_page), "d"(0) : "memory");
}

static void set_hvm_param(uint32_t index, uint64_t value)
{
	struct xen_hvm_param param = {
		.domid = DOMID_SELF,
		.index = index,
		.value = value,
	};

	hypercall(__HYPERVISOR_hvm_op, HVMOP_set_param,
	          (unsigned long)&param, 0);
}

static uint64_t hvm_param(uint32_t index)
{
	struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };

	hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param,
	          (unsigned long)&param, 0);
	return param.value;
}

static void *hvm_param_page(uint32_t index)
{
	return (void *)(uintptr_t)(hvm_param(index) << PAGE_SHIFT);
}

const char *kind_start(const void *boot)
{
	const struct hvm_start_info *info = boot;

	fill_hypercall_page();
	return info->cmdline_paddr
		? (const char *)(uintptr_t)info->cmdline_paddr : "";
}

/*
 * The toolstack takes a guest that has an upcall vector for one that knows
 * Xen, and only such a one is told that its suspend was cancelled.  No upcall
 * ever comes: interrupts are disabled.
 */
static void claim_to_know_xen(void)
{
	set_hvm_param(HVM_PARAM_CALLBACK_IRQ,
	              (uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56
	              | UPCALL_VECTOR);
}

void kind_attach(void)
{
	struct xen_add_to_physmap map = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_shared_info,
		.gpfn = SHARED_INFO_PFN,
	};

	hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
	          (unsigned long)&map, 0);
	machine.shared = (void *)((uintptr_t)SHARED_INFO_PFN << PAGE_SHIFT);
	machine.console = hvm_param_page(HVM_PARAM_CONSOLE_PFN);
	machine.store = hvm_param_page(HVM_PARAM_STORE_PFN);
	machine.console_port = hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
	machine.store_port = hvm_param(HVM_PARAM_STORE_EVTCHN);
	claim_to_know_xen();
}

int kind_suspend(void)
{
	struct sched_shutdown request = { .reason = SHUTDOWN_suspend };

	return hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
	                 (unsigned long)&request, 0) == 1;
}

void kind_grant(uint32_t reference, void *page)
{
	struct xen_add_to_physmap map = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_grant_table,
		.gpfn = GRANT_TABLE_PFN,
	};
	volatile struct grant_entry_v1 *table =
		(void *)((uintptr_t)GRANT_TABLE_PFN << PAGE_SHIFT);

	hypercall(__HYPERVISOR_memory_op, XENMEM_add_to_physmap,
	          (unsigned long)&map, 0);
	table[reference].domid = 0;
	table[reference].frame = (unsigned long)page >> PAGE_SHIFT;
	table[reference].flags = GTF_permit_access;
}

long kind_start_cpu1(void (*entry)(void), void *stack_top)
{
	struct vcpu_hvm_context context = {
		.mode = VCPU_HVM_MODE_32B,
		.cpu_regs.x86_32 = {
			.eip = (uint32_t)entry,
			/* At entry the return address is on the stack. */
			.esp = (uint32_t)stack_top - sizeof(uint32_t),
			.cr0 = CR0_PROTECTED,
			.cs_limit = UINT32_MAX, .cs_ar = CODE_4GIB,
			.ds_limit = UINT32_MAX, .ds_ar = DATA_4GIB,
			.es_limit = UINT32_MAX, .es_ar = DATA_4GIB,
			.ss_limit = UINT32_MAX, .ss_ar = DATA_4GIB,
			.tr_limit = 0x67, .tr_ar = BUSY_TSS,
		},
	};
	long error = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1,
	                       (unsigned long)&context);

	return error ? error
		: hypercall(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0);
}
