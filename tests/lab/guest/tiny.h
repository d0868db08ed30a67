/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the parts of a tiny guest give to each other: its kind (pv.c, pvh.c)
 * has hypercalls, the pages shared with Xen, how to suspend and how to start
 * a vcpu; io.c has time, console and xenstore; cpu1.c the second vcpu; disk.c
 * the disk; options.c the command line.  tiny.c is the guest.
 */
#ifndef TINY_H
#define TINY_H

#include <stdint.h>

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/io/console.h>
#include <xen/io/xs_wire.h>
#include <xen/sched.h>

enum { TICK_MS = 200 };

/*
 * The rings are shared with daemons in dom0.  All accesses are volatile, so
 * the compiler keeps their order, and x86 keeps the order of stores and the
 * order of loads: no fences are needed.
 */
struct machine {
	volatile struct shared_info *shared;
	volatile struct xencons_interface *console;
	volatile struct xenstore_domain_interface *store;
	uint32_t console_port;
	uint32_t store_port;
};

extern struct machine machine;

/* The page that Xen fills with 128 hypercall entries of 32 bytes. */
extern uint8_t hypercall_page[4096];

long hypercall(unsigned op, unsigned long a, unsigned long b, unsigned long c);

/* kind_start(boot): takes the pointer Xen passed at entry, once at boot;
   returns the guest's command line. */
const char *kind_start(const void *boot);

/* kind_attach(): fills machine, at boot and after every suspend. */
void kind_attach(void);

/* kind_suspend(): gives back what a saved guest may not hold, then suspends.
   Returns 1 when the suspend was cancelled, 0 in a new domain. */
int kind_suspend(void);

/*
 * kind_start_cpu1(entry, stack_top): lets the second vcpu run entry, which
 * does not return.  Returns 0, or an error when the domain has none.
 */
long kind_start_cpu1(void (*entry)(void), void *stack_top);

/*
 * kind_grant(reference, page): lets domain 0 map a page of ours; a number
 * below 512 that is not Xen's own.  To be done again in a new domain.
 */
void kind_grant(uint32_t reference, void *page);

/* --- io.c; but for sleep_ms, all is for vcpu 0 only --- */

/* sleep_ms(cpu, ms): cpu is the caller's own number. */
void sleep_ms(unsigned cpu, uint32_t ms);

/*
 * wait_event(port, ms): sleeps until the port (0: none) has an event or ms
 * have passed; takes the event and returns whether there was one.
 */
int wait_event(evtchn_port_t port, uint32_t ms);

/* open_port(): a new port that domain 0 can bind to. */
evtchn_port_t open_port(void);

void notify(evtchn_port_t port);

void print(const char *text);
void print_number(uint32_t value, uint32_t base, int width);

/* format_number(end, ...): writes at least width digits, the last one before
   end; returns where the first one is. */
char *format_number(char *end, uint32_t value, uint32_t base, int width);

/* store_read(path, value, size): keeps size - 1 bytes and a NUL; the name of
   an error when there is no such node. */
void store_read(const char *path, char *value, uint32_t size);
void store_write(const char *path, const char *value);

/* --- cpu1.c --- */

/* cpu1_start(): at boot; nothing happens in a domain of one vcpu. */
void cpu1_start(void);

/* cpu1_report(): at each tick of vcpu 0; says how far vcpu 1 has counted. */
void cpu1_report(void);

/* --- disk.c --- */

/* disk_attach(): at boot and in a new domain; nothing without a disk. */
void disk_attach(void);

/* disk_tick(count): writes the count to the disk and reads it back. */
void disk_tick(uint32_t count);

/* --- options.c --- */

struct options {
	int deaf, evtchn, crash, off, tree;
	uint32_t slow_ms, late_ms;
	uint32_t dirty_pages;
	uint32_t fill_kib;
};

extern struct options options;

/* options_read(line): takes the command line. */
void options_read(const char *line);

/* after(text, start): what follows start in text, or NULL. */
const char *after(const char *text, const char *start);

/* tiny_main(boot): called by pv.S and pvh.S on the guest's own stack. */
_Noreturn void tiny_main(const void *boot);

#endif
