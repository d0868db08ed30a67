/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A guest that fits in 4 MiB, to be saved and restored: it counts on its
 * console, changes its memory all the time, knows the memory's checksum, and
 * suspends when asked.  Options, as words on its command line:
 *
 *   deaf     does not answer the request to suspend
 *   evtchn   offers device/suspend/event-channel and suspends when it fires
 *   dirty    writes to every page of its 2 MiB each 20 ms
 *   fill=N   has N KiB of pseudo-random data (default 256, at most 2048)
 */
#include "tiny.h"

enum {
	TICK_MS = 200,
	DIRTY_MS = 20,
	TICKS_PER_CHECK = 5,
	WORDS = 2 << 18,           /* 2 MiB of uint32_t */
	WORDS_PER_PAGE = 1024,
	WORDS_PER_KIB = 256,
	FILL_KIB = 256,
};

struct machine machine;
uint8_t hypercall_page[4096] __attribute__((aligned(4096)));

static struct {
	int deaf, evtchn, dirty;
	uint32_t filled;           /* words */
} options;

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
	struct evtchn_alloc_unbound channel = {
		.dom = DOMID_SELF,
		.remote_dom = 0,
	};
	char digits[16] = "";

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
	          (unsigned long)&channel, 0);
	suspend_port = channel.port;
	store_write("device/suspend/event-channel",
	            format_number(digits + sizeof digits - 1,
	                          suspend_port, 10, 1));
}

static void suspend(void)
{
	int cancelled = kind_suspend();

	kind_attach();
	if (options.evtchn && !cancelled)
		offer_suspend_port();
	print(cancelled ? "TINY suspend cancelled"
	                : "TINY resumed in a new domain");
	print(memory_is_bad() ? " MEMORY-BAD\n" : " memory-ok\n");
}

/* Returns what follows start in text, or NULL. */
static const char *after(const char *text, const char *start)
{
	while (*start)
		if (*text++ != *start++)
			return 0;
	return text;
}

static void answer_shutdown_request(void)
{
	static const char path[] = "control/shutdown";
	struct sched_shutdown poweroff = { .reason = SHUTDOWN_poweroff };
	char request[16];

	store_read(path, request, sizeof request);
	if (after(request, "suspend") && !options.deaf) {
		store_write(path, ""); /* acknowledges */
		suspend();
	} else if (after(request, "poweroff")) {
		print("TINY poweroff\n");
		hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
		          (unsigned long)&poweroff, 0);
	}
}

/* --- the guest --- */

/* Finds a word that starts with name; returns what follows, or NULL. */
static const char *find_option(const char *line, const char *name)
{
	while (*line) {
		const char *rest = after(line, name);

		if (rest)
			return rest;
		while (*line && *line++ != ' ')
			;
	}
	return 0;
}

static void read_options(const char *line)
{
	const char *fill = find_option(line, "fill=");
	uint32_t kib = fill ? 0 : FILL_KIB;

	options.deaf = !!find_option(line, "deaf");
	options.evtchn = !!find_option(line, "evtchn");
	options.dirty = !!find_option(line, "dirty");
	while (fill && *fill >= '0' && *fill <= '9' && kib < 10000)
		kib = kib * 10 + (*fill++ - '0');
	if (kib > WORDS / WORDS_PER_KIB)
		kib = WORDS / WORDS_PER_KIB;
	options.filled = kib * WORDS_PER_KIB;
}

static void tick(void)
{
	static uint32_t count;

	if (options.filled)
		change_memory(count % options.filled);
	print("TINY-TICK ");
	print_number(count, 10, 1);
	print(" checksum=");
	print_number(memory_checksum, 16, 8);
	print("\n");
	if (++count % TICKS_PER_CHECK == 0 && memory_is_bad())
		print("TINY MEMORY-BAD\n");
	answer_shutdown_request();
}

void tiny_main(const void *boot)
{
	uint32_t wait, rounds_per_tick;

	read_options(kind_start(boot));
	kind_attach();
	for (uint32_t i = 0; i < options.filled; i++)
		change_memory(i);
	print("TINY up\n");
	if (options.evtchn)
		offer_suspend_port();
	wait = options.dirty ? DIRTY_MS : TICK_MS;
	rounds_per_tick = TICK_MS / wait;
	for (uint32_t round = 0;; round++) {
		if (options.dirty)
			for (uint32_t i = 0; i < WORDS; i += WORDS_PER_PAGE)
				change_memory(i);
		if (round % rounds_per_tick == 0)
			tick();
		if (wait_event(suspend_port, wait))
			suspend();
	}
}
