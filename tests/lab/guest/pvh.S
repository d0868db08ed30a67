/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Entry of the PVH guest: 32-bit protected mode without paging, and it stays
 * so.  The one note makes Xen's domain builder take it for a PVH kernel.
 */
#include <xen/elfnote.h>

	.pushsection .note.Xen, "a", @note
	.balign	4
	.long	4, 4, XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.long	_start
	.popsection

	.text
	.globl	_start
_start:	cld
	mov	$stack_top, %esp
	sub	$12, %esp		/* keeps the stack aligned at the call */
	push	%ebx			/* struct hvm_start_info */
	xor	%ebp, %ebp
	call	tiny_main
	ud2

	.bss
	.balign	16
	.skip	16384
stack_top:
	.section .note.GNU-stack, "", @progbits
