/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The HVM guest: the boot sector of its disk.  It knows nothing of Xen, and
 * so is suspended without being asked, and cannot tell that it was resumed.
 *
 * It fills 512 KiB above 1 MiB with pseudo-random data and knows the sum of
 * that, weighed by place, so that pages that were exchanged are found, too.
 * Then, at every fourth interrupt of the timer, which comes 18.2 times a
 * second, it changes a word, sums up all and writes to COM1:
 *
 *   TINY-TICK 12 checksum=1F00ACE5 memory-ok
 *
 * or MEMORY-BAD.  It counts on only if its registers, its interrupts, its
 * timer and its serial port are brought back as well as its memory.
 */
#define COM1       0x3f8
#define MEMORY     0x100000
#define WORDS      (512 << 8)
#define IDT        0x8000
#define IDT_SIZE   ((TIMER + 1) * 8)
#define TIMER      0x20		/* its vector */
#define INTERRUPTS_PER_TICK 4

	.macro	outb value, port
	mov	$\port, %dx
	mov	$\value, %al
	out	%al, %dx
	.endm

	.code16
	.globl	_start
_start:	cli
	cld
	xor	%ax, %ax
	mov	%ax, %ds
	outb	0x80, COM1 + 3	/* 115200 8n1, no interrupts */
	outb	1, COM1
	outb	0, COM1 + 1
	outb	3, COM1 + 3
	lgdtl	gdt_register
	mov	%cr0, %eax
	or	$1, %al
	mov	%eax, %cr0
	ljmpl	$8, $protected

	.code32
protected:
	mov	$16, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$_start, %esp

	/* One gate, and a PIC that lets through the timer alone. */
	movl	$(8 << 16) + interrupt, IDT + TIMER * 8
	movl	$0x8e00, IDT + TIMER * 8 + 4
	lidt	idt_register
	outb	0x11, 0x20
	outb	TIMER, 0x21
	outb	4, 0x21
	outb	1, 0x21
	outb	0xfe, 0x21
	outb	0xff, 0xa1

	/* ebp: tick; esi: sum; edi: random state */
	xor	%ebp, %ebp
	xor	%esi, %esi
	mov	$12345, %edi
	xor	%ebx, %ebx
1:	movl	$0, MEMORY(, %ebx, 4)
	call	change
	inc	%ebx
	cmp	$WORDS, %ebx
	jb	1b

tick:	mov	%ebp, %ebx
	and	$WORDS - 1, %ebx
	call	change
	mov	$text_tick, %ebx
	call	print
	mov	%ebp, %eax
	mov	$10, %ecx
	call	print_number
	mov	$text_checksum, %ebx
	call	print
	mov	%esi, %eax
	mov	$16, %ecx
	call	print_number
	xor	%eax, %eax
	xor	%ebx, %ebx
2:	call	weigh
	add	%edx, %eax
	inc	%ebx
	cmp	$WORDS, %ebx
	jb	2b
	mov	$text_ok, %ebx
	cmp	%esi, %eax
	je	3f
	mov	$text_bad, %ebx
3:	call	print
	inc	%ebp
	mov	$INTERRUPTS_PER_TICK, %ecx
4:	sti
	hlt
	cli
	loop	4b
	jmp	tick

interrupt:
	push	%eax
	mov	$0x20, %al
	out	%al, $0x20
	pop	%eax
	iret

/* weigh: edx = what word ebx counts for in the sum. */
weigh:	lea	1(%ebx, %ebx), %edx
	imul	MEMORY(, %ebx, 4), %edx
	ret

/* change: another value for word ebx, by Marsaglia's xorshift. */
change:	call	weigh
	sub	%edx, %esi
	mov	%edi, %eax
	shl	$13, %eax
	xor	%eax, %edi
	mov	%edi, %eax
	shr	$17, %eax
	xor	%eax, %edi
	mov	%edi, %eax
	shl	$5, %eax
	xor	%eax, %edi
	mov	%edi, MEMORY(, %ebx, 4)
	call	weigh
	add	%edx, %esi
	ret

/* print: the text at ebx. */
1:	call	print_byte
	inc	%ebx
print:	mov	(%ebx), %al
	test	%al, %al
	jnz	1b
	ret

print_byte:
	mov	%al, %ah
	mov	$COM1 + 5, %dx
1:	in	%dx, %al
	test	$0x20, %al
	jz	1b
	mov	%ah, %al
	mov	$COM1, %dx
	out	%al, %dx
	ret

/* print_number: eax, to the base ecx; calls itself for the leading digits. */
print_number:
	xor	%edx, %edx
	div	%ecx
	push	%edx
	test	%eax, %eax
	jz	1f
	call	print_number
1:	pop	%edx
	mov	digits(%edx), %al
	jmp	print_byte

	.balign	8
gdt:	.quad	0
	.quad	0x00cf9a000000ffff	/* code, 4 GiB */
	.quad	0x00cf92000000ffff	/* data, 4 GiB */
gdt_register:
	.word	. - gdt - 1
	.long	gdt
idt_register:
	.word	IDT_SIZE - 1
	.long	IDT
digits:	.ascii	"0123456789ABCDEF"
text_tick:
	.asciz	"TINY-TICK "
text_checksum:
	.asciz	" checksum="
text_ok:
	.asciz	" memory-ok\n"
text_bad:
	.asciz	" MEMORY-BAD\n"

	.org	510
	.word	0xaa55
	.section .note.GNU-stack, "", @progbits
