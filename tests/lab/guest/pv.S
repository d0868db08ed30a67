/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entry of the PV guest, and the notes by which Xen's domain builder knows
 * how to load it: 64-bit, virtual address = pseudo-physical address.
 */
#include <xen/elfnote.h>

#define NOTE(type, content...) \
	.pushsection .note.Xen, "a", @note; \
	.balign	4; \
	.long	4, 2f - 1f, type; \
	.asciz	"Xen"; \
1:	content; \
2:	.balign	4; \
	.popsection

	NOTE(XEN_ELFNOTE_GUEST_OS, .asciz "tiny")
	NOTE(XEN_ELFNOTE_GUEST_VERSION, .asciz "1")
	NOTE(XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0")
	NOTE(XEN_ELFNOTE_LOADER, .asciz "generic")
	NOTE(XEN_ELFNOTE_PAE_MODE, .asciz "yes")
	NOTE(XEN_ELFNOTE_VIRT_BASE, .quad 0)
	NOTE(XEN_ELFNOTE_ENTRY, .quad _start)
	NOTE(XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page)
	/* SCHEDOP_shutdown returns 1 when a suspend is cancelled. */
	NOTE(XEN_ELFNOTE_SUSPEND_CANCEL, .long 1)

	.text
	.globl	_start
_start:	cld
	lea	stack_top(%rip), %rsp
	mov	%rsi, %rdi		/* struct start_info */
	xor	%ebp, %ebp
	call	tiny_main
	ud2

	.bss
	.balign	16
	.skip	16384
stack_top:
	.section .note.GNU-stack, "", @progbits
