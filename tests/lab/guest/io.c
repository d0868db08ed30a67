/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The tiny guest's time, events, console and xenstore.
 */
#include "tiny.h"

enum { RING_WAIT_MS = 50 }; /* a notification may be lost in a suspend */

/* --- time and events --- */

static uint64_t tsc_to_ns(uint64_t tsc, uint32_t multiplier, int shift)
{
	tsc = shift >= 0 ? tsc << shift : tsc >> -shift;
	return (tsc >> 32) * multiplier
	       + (((tsc & 0xffffffff) * multiplier) >> 32);
}

/*
 * Nanoseconds since the host's boot; another host has another.  Xen keeps a
 * vcpu's record only while that vcpu runs.
 */
static uint64_t now(unsigned cpu)
{
	volatile struct vcpu_time_info *t =
		&machine.shared->vcpu_info[cpu].time;
	uint32_t version;
	uint64_t ns;

	do {
		version = t->version;
		ns = t->system_time
		     + tsc_to_ns(__builtin_ia32_rdtsc() - t->tsc_timestamp,
		                 t->tsc_to_system_mul, t->tsc_shift);
	} while ((version & 1) || version != t->version);
	return ns;
}

static void poll_events(struct sched_poll *poll, unsigned cpu, uint32_t ms)
{
	poll->timeout = now(cpu) + (uint64_t)ms * 1000000;
	hypercall(__HYPERVISOR_sched_op, SCHEDOP_poll,
	          (unsigned long)poll, 0);
}

void sleep_ms(unsigned cpu, uint32_t ms)
{
	struct sched_poll poll = { .nr_ports = 0 };

	poll_events(&poll, cpu, ms);
}

int wait_event(evtchn_port_t port, uint32_t ms)
{
	struct sched_poll poll = { .nr_ports = port != 0 };
	unsigned bits = 8 * sizeof machine.shared->evtchn_pending[0];
	volatile xen_ulong_t *pending =
		&machine.shared->evtchn_pending[port / bits];
	xen_ulong_t bit = (xen_ulong_t)1 << (port % bits);

	set_xen_guest_handle(poll.ports, &port);
	poll_events(&poll, 0, ms);
	return port && (__sync_fetch_and_and(pending, ~bit) & bit);
}

evtchn_port_t open_port(void)
{
	struct evtchn_alloc_unbound channel = {
		.dom = DOMID_SELF,
		.remote_dom = 0,
	};

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound,
	          (unsigned long)&channel, 0);
	return channel.port;
}

void notify(evtchn_port_t port)
{
	struct evtchn_send send = { .port = port };

	hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
	          (unsigned long)&send, 0);
}

/* --- console --- */

void print(const char *text)
{
	volatile struct xencons_interface *ring = machine.console;

	for (; *text; text++) {
		while (ring->out_prod - ring->out_cons >= sizeof ring->out)
			wait_event(machine.console_port, RING_WAIT_MS);
		ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = *text;
		ring->out_prod++;
	}
	notify(machine.console_port);
}

char *format_number(char *end, uint32_t value, uint32_t base, int width)
{
	for (; value || width > 0; value /= base, width--)
		*--end = "0123456789ABCDEF"[value % base];
	return end;
}

void print_number(uint32_t value, uint32_t base, int width)
{
	char digits[16] = "";

	print(format_number(digits + sizeof digits - 1, value, base, width));
}

/* --- xenstore --- */

static void store_put(const void *data, uint32_t length)
{
	volatile struct xenstore_domain_interface *ring = machine.store;
	const char *bytes = data;

	while (length--) {
		while (ring->req_prod - ring->req_cons >= XENSTORE_RING_SIZE)
			wait_event(machine.store_port, RING_WAIT_MS);
		ring->req[MASK_XENSTORE_IDX(ring->req_prod)] = *bytes++;
		ring->req_prod++;
	}
	notify(machine.store_port);
}

static void store_get(void *data, uint32_t length)
{
	volatile struct xenstore_domain_interface *ring = machine.store;
	char *bytes = data;

	while (length--) {
		while (ring->rsp_prod == ring->rsp_cons)
			wait_event(machine.store_port, RING_WAIT_MS);
		*bytes++ = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];
		ring->rsp_cons++;
	}
	notify(machine.store_port);
}

/* Takes a request's answer; size - 1 bytes and a NUL are kept. */
static void store_answer(char *answer, uint32_t size)
{
	struct xsd_sockmsg header;
	uint32_t kept = 0;

	store_get(&header, sizeof header);
	while (header.len--) {
		char byte;

		store_get(&byte, 1);
		if (kept < size - 1)
			answer[kept++] = byte;
	}
	answer[kept] = '\0';
}

static uint32_t length_of(const char *text)
{
	uint32_t length = 0;

	while (text[length])
		length++;
	return length;
}

void store_read(const char *path, char *value, uint32_t size)
{
	struct xsd_sockmsg header = {
		.type = XS_READ,
		.len = length_of(path) + 1,
	};

	store_put(&header, sizeof header);
	store_put(path, header.len);
	store_answer(value, size);
}

void store_write(const char *path, const char *value)
{
	uint32_t path_length = length_of(path) + 1;
	struct xsd_sockmsg header = {
		.type = XS_WRITE,
		.len = path_length + length_of(value),
	};
	char answer[8];

	store_put(&header, sizeof header);
	store_put(path, path_length);
	store_put(value, header.len - path_length);
	store_answer(answer, sizeof answer);
}
