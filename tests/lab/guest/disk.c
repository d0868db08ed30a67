/*
 * SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The disk xvda, if the domain has one.  At each tick it writes a sector,
 * reads it back and prints what is in it:
 *
 *   TINY-DISK 12
 *
 * in sector 1 + 12 % 256, or TINY DISK-BAD when that cannot be done.  One
 * request is made at a time, and answered before the guest goes on: none is
 * under way in a suspend.  A new domain has another ring, port and grants.
 */
#include "tiny.h"

#include <xen/io/blkif.h>
#include <xen/io/protocols.h>
#include <xen/io/xenbus.h>

#define NODE "device/vbd/51712/"

enum {
	ANSWER_MS = 20000,
	POLL_MS = 20,
	RING_GRANT = 8,            /* the first that is not Xen's own */
	DATA_GRANT,
	RING_SLOTS = 32,           /* a page has room for 36 or 37 */
	SECTORS = 256,
	SECTOR_SIZE = 512,
};

static uint8_t ring_page[4096] __attribute__((aligned(4096)));
static uint8_t data_page[4096] __attribute__((aligned(4096)));
static volatile struct blkif_sring *const ring = (void *)ring_page;
static uint32_t port, requests;
static int is_there;

static void write_number(const char *path, uint32_t value)
{
	char digits[16] = "";

	store_write(path, format_number(digits + sizeof digits - 1,
	                                value, 10, 1));
}

static int backend_connects(void)
{
	char backend[64], state[16];
	const char *end = "/state";
	uint32_t length = 0;

	store_read(NODE "backend", backend, sizeof backend - sizeof "/state");
	while (backend[length])
		length++;
	do
		backend[length++] = *end;
	while (*end++);
	for (uint32_t ms = 0; ms < ANSWER_MS; ms += POLL_MS) {
		store_read(backend, state, sizeof state);
		if (state[0] == '0' + XenbusStateConnected)
			return 1;
		sleep_ms(0, POLL_MS);
	}
	return 0;
}

/* Sector FIRST of the data page is written to, or read from, the disk. */
static int transfer(uint8_t operation, uint32_t sector, uint8_t first)
{
	volatile union blkif_sring_entry *slot =
		&ring->ring[requests % RING_SLOTS];
	struct blkif_request request = {
		.operation = operation,
		.nr_segments = 1,
		.id = requests,
		.sector_number = sector,
		.seg[0] = { .gref = DATA_GRANT, .first_sect = first,
		            .last_sect = first },
	};

	slot->req = request;
	requests++;
	ring->rsp_event = requests;
	ring->req_prod = requests;
	notify(port);
	for (uint32_t ms = 0; ring->rsp_prod != requests; ms += POLL_MS) {
		if (ms >= ANSWER_MS)
			return 0;
		wait_event(port, POLL_MS);
	}
	return slot->rsp.status == BLKIF_RSP_OKAY;
}

static int transfer_count(uint32_t count)
{
	char *text = (char *)data_page, *copy = text + SECTOR_SIZE;
	char digits[16] = "";
	const char *digit = format_number(digits + sizeof digits - 1,
	                                  count, 10, 1);
	uint32_t sector = 1 + count % SECTORS, length = 0;

	for (const char *c = "TINY-DISK "; *c; c++)
		text[length++] = *c;
	while (*digit)
		text[length++] = *digit++;
	text[length++] = '\n';
	while (length < SECTOR_SIZE)
		text[length++] = '\0';
	for (uint32_t i = 0; i < SECTOR_SIZE; i++)
		copy[i] = '?';
	if (!transfer(BLKIF_OP_WRITE, sector, 0)
	    || !transfer(BLKIF_OP_READ, sector, 1))
		return 0;
	for (uint32_t i = 0; i < SECTOR_SIZE; i++)
		if (copy[i] != text[i])
			return 0;
	print(copy);
	return 1;
}

void disk_attach(void)
{
	char backend[8];

	store_read(NODE "backend-id", backend, sizeof backend);
	is_there = backend[0] == '0'; /* or ENOENT */
	if (!is_there)
		return;
	for (uint32_t i = 0; i < sizeof ring_page; i++)
		ring_page[i] = 0;
	ring->req_event = ring->rsp_event = 1;
	requests = 0;
	kind_grant(RING_GRANT, ring_page);
	kind_grant(DATA_GRANT, data_page);
	port = open_port();
	write_number(NODE "ring-ref", RING_GRANT);
	write_number(NODE "event-channel", port);
	store_write(NODE "protocol", XEN_IO_PROTO_ABI_NATIVE);
	write_number(NODE "state", XenbusStateInitialised);
	is_there = backend_connects();
	if (is_there)
		write_number(NODE "state", XenbusStateConnected);
	else
		print("TINY DISK-BAD not connected\n");
}

void disk_tick(uint32_t count)
{
	if (is_there && !transfer_count(count)) {
		is_there = 0;
		print("TINY DISK-BAD\n");
	}
}
