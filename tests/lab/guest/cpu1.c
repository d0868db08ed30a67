/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The second vcpu, if the domain has one.  It counts, and vcpu 0 prints its
 * count as TINY-CPU1, and TINY CPU1-BAD when it stands still or is not what
 * it was.  It is not told of a suspend, which takes it wherever it is, as a
 * rule asleep in a hypercall: only if its registers and its stack are brought
 * back does it count on.
 */
#include "tiny.h"

enum {
	COUNT_MS = 20,
	STILL_TICKS = 25,          /* 5 s: an emulated host may be busy */
	STACK_SIZE = 4096,
};

static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
static volatile uint32_t count;
static volatile int is_bad;
static int is_there;

static void cpu1_main(void)
{
	uint32_t own = 0;

	for (;;) {
		/* The compiler is to keep a copy of its own. */
		__asm__ volatile("" : "+r"(own));
		if (own != count)
			is_bad = 1;
		count = ++own;
		sleep_ms(1, COUNT_MS);
	}
}

void cpu1_start(void)
{
	is_there = kind_start_cpu1(cpu1_main, stack + sizeof stack) == 0;
}

void cpu1_report(void)
{
	static uint32_t reported, ticks_still;
	uint32_t now = count;

	if (!is_there)
		return;
	ticks_still = now == reported ? ticks_still + 1 : 0;
	if (ticks_still >= STILL_TICKS)
		print("TINY CPU1-BAD stands still\n");
	if (is_bad)
		print("TINY CPU1-BAD lost its count\n");
	if (now != reported) {
		print("TINY-CPU1 ");
		print_number(now, 10, 1);
		print("\n");
	}
	reported = now;
}
