/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * format_core.h - offsets and magic numbers of cores, and of what a guest's
 * registers and page tables are in a stream.
 *
 * Sources:
 *   xen.git   xen/include/public/xen.h, arch-x86/xen.h, xen-x86_64.h,
 *             xen-x86_32.h: struct vcpu_guest_context, struct start_info
 *             xen/include/public/arch-x86/hvm/save.h: struct hvm_hw_cpu
 *             docs/misc/dump-core-format.txt; xen/include/public/elfnote.h
 *   qemu.git  target/i386/arch_dump.c: x86_64_elf_prstatus, QEMUCPUState
 *   linux.git kernel/crash_core.c: update_vmcoreinfo_note
 *   AMD64 Architecture Programmer's Manual, volume 2, chapter 5
 */
#ifndef FORMAT_CORE_H
#define FORMAT_CORE_H

#include <stdint.h>

/* X86_PV_INFO: u8 width of a word, u8 levels of page tables. */
#define PV_INFO_SIZE		8u

/* X86_PV_P2M_FRAMES: u32 first pfn, u32 last pfn, then a u64 pfn for each
 * frame of the list, which has PAGE_SIZE / width pfns. */
#define P2M_HEADER_SIZE		8u

/* A word of that list: all ones: none; Linux's marks of what is not the
 * guest's own memory are its two highest bits. */
#define P2M_MARKS(width)	(UINT64_C(3) << (8 * (width) - 2))

/* struct vcpu_guest_context, 64-bit; of 32-bit guests in registers.c. */
#define VCPU_FPU_SIZE		512u
#define VCPU_FLAGS		0x200u
#define VCPU_FLAG_FPU		1u
#define VCPU_FLAG_KERNEL	4u
#define VCPU_FLAG_ONLINE	32u
#define VCPU_GDT_FRAMES_MAX	16u
#define VCPU_DEBUG		0x13b8u	/* 8 words */
#define VCPU_FS_BASE		0x1418u
#define VCPU_GS_KERNEL		0x1420u
#define VCPU_GS_USER		0x1428u

/* cr3 of a 32-bit PV guest: its frame's bits 0-19 in front of the others. */
static inline uint64_t
vcpu_cr3_frame(uint64_t cr3)
{
	return (cr3 >> 12 | cr3 << 20) & UINT32_MAX;
}

static inline uint64_t
vcpu_cr3(uint64_t frame)
{
	return (frame << 12 | frame >> 20) & UINT32_MAX;
}

/* struct hvm_hw_cpu: what of it has been there since Xen 3.1. */
#define HVM_CPU_SIZE_MIN	0x3e8u
#define HVM_CPU_DEBUG		0x2b0u	/* dr0 to dr3, dr6, dr7 */

/* Control registers' bits that say how page tables are. */
#define CR0_PAGING		(UINT64_C(1) << 31)
#define CR4_PAE			(UINT64_C(1) << 5)
#define CR4_LA57		(UINT64_C(1) << 12)
#define EFER_LMA		(UINT64_C(1) << 10)
#define CR3_PAE_TABLE		UINT64_C(0xfe0)	/* its place in the page */
#define PTE_LARGE		(UINT64_C(1) << 7)
#define PTE_FRAME_MASK		UINT64_C(0x000ffffffffff000)

/* NT_PRSTATUS of x86-64. */
#define PRSTATUS_SIZE		336u
#define PRSTATUS_PID		32u
#define PRSTATUS_REGISTERS	112u	/* 27 u64 */

/* QEMU's note: u32 version, u32 size, then u64s, segments of 24 bytes (u32
 * selector, limit, flags, unused; u64 base), and u64s. */
#define QEMU_NOTE_NAME		"QEMU"
#define QEMU_NOTE_SIZE		440u
#define QEMU_NOTE_VERSION	1u
#define QEMU_NOTE_REGISTERS	8u
#define QEMU_NOTE_SEGMENTS	152u
#define QEMU_NOTE_SEGMENT_SIZE	24u
#define QEMU_NOTE_CONTROL	392u
#define QEMU_NOTE_KERNEL_GS	432u

/* Linux's own note, at the start of a page: an ELF note's header, this name in
 * 12 bytes, and text that begins so. */
#define VMCOREINFO_NAME		"VMCOREINFO"
#define VMCOREINFO_TEXT_OFFSET	24u
#define VMCOREINFO_TEXT		"OSRELEASE="
#define VMCOREINFO_MAX		(64u << 10)

/* Notes of Xen's cores, named "Xen". */
#define XEN_NOTE_NAME		"Xen"
#define XEN_NOTE_NONE		0x2000000u
#define XEN_NOTE_HEADER		0x2000001u
#define XEN_NOTE_HEADER_SIZE	32u	/* u64 magic, vcpus, pages, page size */
#define XEN_CORE_MAGIC_PV	0xf00febedu
#define XEN_CORE_MAGIC_HVM	0xf00febeeu
#define XEN_NOTE_VERSION	0x2000002u
#define XEN_NOTE_VERSION_SIZE	1280u	/* u64 major, u64 minor; */
#define XEN_NOTE_VERSION_PAGE	1272u	/* u64 page size, its end */
#define XEN_NOTE_FORMAT		0x2000003u
#define XEN_NOTE_FORMAT_SIZE	8u
#define XEN_CORE_FORMAT		1u	/* 0.1 */
#define XEN_CORE_INVALID	UINT64_MAX

#endif
