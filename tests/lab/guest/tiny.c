/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guest that fits in 4 MiB, to be saved and restored: it counts on its
 * console, changes its memory all the time, knows the memory's checksum, and
 * suspends when asked.  Its options are in options.c.
 */
#include "tiny.h"

enum {
	DIRTY_MS = 20,
	TICKS_PER_CHECK = 5,
	WORDS = 2 << 18,           /* 2 MiB of uint32_t */
	WORDS_PER_PAGE = 1024,
	WORDS_PER_KIB = 256,
};

struct machine machine;
uint8_t hypercall_page[4096] __attribute__((aligned(4096)));

static uint32_t memory[WORDS];
static uint32_t memory_checksum; /* what checksum() has to find in memory */
static uint32_t suspend_port;    /* 0: none */

/* --- memory --- */

/* Marsaglia's xorshift. */
static uint32_t next_random(void)
{
	static uint32_t state = 12345;

	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state;
}

/* A word counts with its place: pages that were exchanged are found, too. */
static uint32_t weighed(uint32_t index)
{
	return memory[index] * (2 * index + 1);
}

static void change_memory(uint32_t index)
{
	memory_checksum -= weighed(index);
	memory[index] = next_random();
	memory_checksum += weighed(index);
}

static uint32_t checksum(void)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < WORDS; i++)
		sum += weighed(i);
	return sum;
}

static int memory_is_bad(void)
{
	return checksum() != memory_checksum;
}

/* --- suspending --- */

static void offer_suspend_port(void)
{
	char digits[16] = "";

	suspend_port = open_port();
	store_write("device/suspend/event-channel",
	            format_number(digits + sizeof digits - 1,
	                          suspend_port, 10, 1));
}

static void shut_down(unsigned reason)
{
	struct sched_shutdown request = { .reason = reason };

	hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
	          (unsigned long)&request, 0);
}

static void suspend(void)
{
	int cancelled;

	if (options.late_ms)
		sleep_ms(0, options.late_ms);
	if (options.crash)
		shut_down(SHUTDOWN_crash);
	if (options.off)
		shut_down(SHUTDOWN_poweroff);
	cancelled = kind_suspend();
	kind_attach();
	if (options.evtchn && !cancelled)
		offer_suspend_port();
	print(cancelled ? "TINY suspend cancelled"
	                : "TINY resumed in a new domain");
	print(memory_is_bad() ? " MEMORY-BAD\n" : " memory-ok\n");
	if (!cancelled)
		disk_attach();
}

/* Called at each tick, by which the age of a request is known. */
static void answer_shutdown_request(void)
{
	static const char path[] = "control/shutdown";
	static uint32_t age_ms;
	char request[16];
	int to_suspend;

	store_read(path, request, sizeof request);
	to_suspend = !!after(request, "suspend");
	if (to_suspend && !options.deaf && age_ms >= options.slow_ms) {
		age_ms = 0;
		store_write(path, ""); /* acknowledges */
		suspend();
	} else if (after(request, "poweroff")) {
		print("TINY poweroff\n");
		shut_down(SHUTDOWN_poweroff);
	} else {
		age_ms = to_suspend ? age_ms + TICK_MS : 0;
	}
}

/* --- the guest --- */

static void tick(void)
{
	static uint32_t count;
	uint32_t filled = options.fill_kib * WORDS_PER_KIB;

	if (filled)
		change_memory(count % filled);
	print("TINY-TICK ");
	print_number(count, 10, 1);
	print(" checksum=");
	print_number(memory_checksum, 16, 8);
	print("\n");
	disk_tick(count);
	if (++count % TICKS_PER_CHECK == 0 && memory_is_bad())
		print("TINY MEMORY-BAD\n");
	cpu1_report();
	answer_shutdown_request();
}

void tiny_main(const void *boot)
{
	uint32_t wait, rounds_per_tick;

	options_read(kind_start(boot));
	kind_attach();
	for (uint32_t i = 0; i < options.fill_kib * WORDS_PER_KIB; i++)
		change_memory(i);
	print("TINY up\n");
	if (options.evtchn)
		offer_suspend_port();
	disk_attach();
	cpu1_start();
	wait = options.dirty_pages ? DIRTY_MS : TICK_MS;
	rounds_per_tick = TICK_MS / wait;
	for (uint32_t round = 0;; round++) {
		for (uint32_t i = 0; i < options.dirty_pages; i++)
			change_memory(i * WORDS_PER_PAGE);
		if (round % rounds_per_tick == 0)
			tick();
		if (wait_event(suspend_port, wait))
			suspend();
	}
}
