/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The PV kind: 64-bit.  Xen's domain builder has mapped all of the guest's
 * first 4 MiB at virtual address = pseudo-physical address, so a frame number
 * of ours (pfn) shifted by 12 is a pointer; Xen's own (mfn) must go through
 * the p2m table, which Xen passes in start_info.
 */
#include "tiny.h"

#include <xen/vcpu.h>

enum { PAGE_SHIFT = 12, PTE_PRESENT_RW_USER = 7, P2M_PER_PAGE = 512 };

static xen_pfn_t frame_list[P2M_PER_PAGE] __attribute__((aligned(4096)));
static xen_pfn_t frame_list_list[P2M_PER_PAGE] __attribute__((aligned(4096)));

static struct start_info *info;
static xen_pfn_t console_pfn, store_pfn;

/* This page's mapping is switched to the shared info frame while running. */
static uint8_t shared_page[4096] __attribute__((aligned(4096)));

long hypercall(unsigned op, unsigned long a, unsigned long b, unsigned long c)
{
	long result;

	__asm__ volatile("call *%[entry]"
		: "=a"(result), "+D"(a), "+S"(b), "+d"(c)
		: [entry] "r"(hypercall_page + op * 32)
		: "rcx", "r8", "r9", "r10", "r11", "memory");
	return result;
}

static xen_pfn_t *p2m(void)
{
	return (xen_pfn_t *)info->mfn_list;
}

static void *pfn_to_pointer(xen_pfn_t pfn)
{
	return (void *)(pfn << PAGE_SHIFT);
}

static void map_page(void *page, uint64_t machine_address)
{
	hypercall(__HYPERVISOR_update_va_mapping, (unsigned long)page,
	          machine_address | PTE_PRESENT_RW_USER,
	          UVMF_INVLPG | UVMF_ALL);
}

const char *kind_start(const void *boot)
{
	info = (struct start_info *)boot;
	console_pfn = machine_to_phys_mapping[info->console.domU.mfn];
	store_pfn = machine_to_phys_mapping[info->store_mfn];
	return (const char *)info->cmd_line;
}

/*
 * Tells the toolstack where the p2m table is: without it, it cannot save.
 * Xen 4.17's xl dump-core finds one that is so small in the older form only, as
 * a tree.
 */
static void publish_p2m(void)
{
	volatile struct arch_shared_info *arch = &machine.shared->arch;
	xen_pfn_t root = p2m()[info->pt_base >> PAGE_SHIFT];

	arch->max_pfn = info->nr_pages;
	arch->p2m_generation = 0;
	arch->p2m_vaddr = info->mfn_list;
	arch->p2m_cr3 = options.tree ? 0 : root << PAGE_SHIFT;
	arch->pfn_to_mfn_frame_list_list = 0;
	if (!options.tree)
		return;
	for (xen_pfn_t i = 0; i * P2M_PER_PAGE < info->nr_pages; i++)
		frame_list[i] = p2m()[(info->mfn_list >> PAGE_SHIFT) + i];
	frame_list_list[0] = p2m()[(unsigned long)frame_list >> PAGE_SHIFT];
	arch->pfn_to_mfn_frame_list_list =
		p2m()[(unsigned long)frame_list_list >> PAGE_SHIFT];
}

void kind_attach(void)
{
	map_page(shared_page, info->shared_info);
	machine.shared = (void *)shared_page;
	machine.console = pfn_to_pointer(console_pfn);
	machine.store = pfn_to_pointer(store_pfn);
	machine.console_port = info->console.domU.evtchn;
	machine.store_port = info->store_evtchn;
	publish_p2m();
}

/*
 * The saved start_info holds pfns where the running one holds mfns, and the
 * restorer writes the new domain's mfns, ports and shared info into it.
 */
int kind_suspend(void)
{
	struct sched_shutdown request = { .reason = SHUTDOWN_suspend };
	xen_pfn_t page = (unsigned long)shared_page >> PAGE_SHIFT;
	xen_pfn_t info_pfn = (unsigned long)info >> PAGE_SHIFT;
	int cancelled;

	map_page(shared_page, p2m()[page] << PAGE_SHIFT);
	info->console.domU.mfn = console_pfn;
	info->store_mfn = store_pfn;
	cancelled = hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
	                      (unsigned long)&request, p2m()[info_pfn]) == 1;
	if (cancelled) {
		info->console.domU.mfn = p2m()[console_pfn];
		info->store_mfn = p2m()[store_pfn];
	}
	return cancelled;
}

/*
 * The table is not ours, so it may not be mapped in a suspend: only as long as
 * it is written to.
 */
void kind_grant(uint32_t reference, void *page)
{
	static uint8_t table_page[4096] __attribute__((aligned(4096)));
	volatile struct grant_entry_v1 *table = (void *)table_page;
	xen_pfn_t table_pfn = (unsigned long)table_page >> PAGE_SHIFT;
	xen_pfn_t frame = 0;
	struct gnttab_setup_table setup = { .dom = DOMID_SELF, .nr_frames = 1 };

	set_xen_guest_handle(setup.frame_list, &frame);
	hypercall(__HYPERVISOR_grant_table_op, GNTTABOP_setup_table,
	          (unsigned long)&setup, 1);
	map_page(table_page, frame << PAGE_SHIFT);
	table[reference].domid = 0;
	table[reference].frame = p2m()[(unsigned long)page >> PAGE_SHIFT];
	table[reference].flags = GTF_permit_access;
	map_page(table_page, p2m()[table_pfn] << PAGE_SHIFT);
}

/* The second vcpu has the first one's page tables, and Xen's own GDT. */
long kind_start_cpu1(void (*entry)(void), void *stack_top)
{
	static struct vcpu_guest_context context;
	/* At a function's entry its return address is on the stack. */
	uint64_t stack = (unsigned long)stack_top - sizeof(uint64_t);
	long error;

	context.flags = VGCF_in_kernel;
	context.user_regs.cs = FLAT_KERNEL_CS;
	context.user_regs.ss = FLAT_KERNEL_SS;
	context.user_regs.rip = (unsigned long)entry;
	context.user_regs.rsp = stack;
	context.kernel_ss = FLAT_KERNEL_SS;
	context.kernel_sp = stack;
	context.ctrlreg[3] =
		xen_pfn_to_cr3(p2m()[info->pt_base >> PAGE_SHIFT]);
	error = hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, 1,
	                  (unsigned long)&context);
	return error ? error
		: hypercall(__HYPERVISOR_vcpu_op, VCPUOP_up, 1, 0);
}
