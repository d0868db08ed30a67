/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <time.h>

#include "bytes.h"
#include "decode_body.h"
#include "format.h"

#define PV_INFO_SIZE	8u
#define P2M_HEADER_SIZE	8u
#define VCPU_INFO_SIZE	64u
#define VCPU_INFO_COUNT	32u	/* in the shared info page */
#define UPCALL_MASK	1u	/* offset in one */

static const struct field pv_info_fields[] = {
	COUNT("guest_width", 1, 0),
	COUNT("page_table_levels", 1, 1),
};

void
decode_pv_info(struct decode *d, struct item *i)
{
	uint64_t width;

	item_fields(i, pv_info_fields, COUNT_OF(pv_info_fields));
	item_has(i, PV_INFO_SIZE);
	if (!item_get(i, 0, 1, &width))
		return;
	if (width == 4 || width == 8)
		d->width = (unsigned)width;
	else
		item_malformed(i, "a word of %u bytes", (unsigned)width);
}

/* Frames in a row, counted up or down. */
struct range {
	uint64_t first, last, count;
	uint64_t step;		/* 1, or minus 1; 0 while there is one frame */
};

static void
add_range(struct item *i, json_object *list, const struct range *range)
{
	struct item entry;

	if (range->count == 0 || !item_room(list))
		return;
	entry = item_entry(i, list, 0, 0);
	item_hex(&entry, "first", range->first);
	item_hex(&entry, "last", range->last);
	item_count(&entry, "count", range->count);
}

/* Whether the range goes on with this frame; then it does. */
static bool
goes_on(struct range *range, uint64_t frame)
{
	uint64_t step = frame - range->last;

	if (range->count == 0 || (step != 1 && step + 1 != 0) ||
	    (range->step != 0 && step != range->step))
		return false;
	range->step = step;
	range->last = frame;
	range->count++;
	return true;
}

static void
add_frames(struct item *i)
{
	json_object *list = item_list(i, "ranges");
	struct range range = { 0 };
	uint64_t frame, ranges = 0;
	size_t at;

	for (at = P2M_HEADER_SIZE; item_get(i, at, 8, &frame); at += 8) {
		if (goes_on(&range, frame))
			continue;
		add_range(i, list, &range);
		range = (struct range){ frame, frame, 1, 0 };
		ranges++;
	}
	add_range(i, list, &range);
	item_more(i, list, ranges);
}

void
decode_p2m_frames(struct decode *d, struct item *i)
{
	static const struct field fields[] = {
		HEX("first_pfn", 4, 0),
		HEX("last_pfn", 4, 4),
	};
	uint64_t first, last, count, per_frame;

	item_fields(i, fields, COUNT_OF(fields));
	if (!item_get(i, 0, 4, &first) || !item_get(i, 4, 4, &last))
		return;
	count = (i->size - P2M_HEADER_SIZE) / 8;
	item_count(i, "frames", count);
	add_frames(i);
	if ((i->size - P2M_HEADER_SIZE) % 8 != 0)
		item_malformed(i, "%zu bytes in frames of 8",
		    i->size - P2M_HEADER_SIZE);
	if (first > last)
		item_malformed(i, "the first pfn is behind the last");
	if (d->width == 0 || first > last)
		return;
	per_frame = PAGE_SIZE / d->width;
	if (count != last / per_frame - first / per_frame + 1)
		item_malformed(i, "the pfns take %u frames", (unsigned)
		    (last / per_frame - first / per_frame + 1));
}

/* Where the two kinds of guests have it. */
struct shared {
	unsigned width;
	unsigned pending, mask;		/* bitmaps, width * width * 8 bytes */
	unsigned seconds, seconds_high;	/* of the wallclock */
	const struct field *fields;
	size_t count;
	const struct field *vcpu;
	size_t vcpu_count;
};

#define SHARED_FIELDS(width, arch, clock) \
	HEX("max_pfn", width, arch), \
	HEX("frame_list_list", width, (arch) + (width)), \
	HEX("nmi_reason", width, (arch) + 2 * (width)), \
	HEX("p2m_cr3", width, (arch) + 3 * (width)), \
	HEX("p2m_vaddr", width, (arch) + 4 * (width)), \
	HEX("p2m_generation", width, (arch) + 5 * (width)), \
	HEX("wallclock_version", 4, clock), \
	COUNT("wallclock_nsec", 4, (clock) + 8)
#define VCPU_FIELDS(width) \
	COUNT("upcall_pending", 1, 0), \
	COUNT("upcall_mask", 1, UPCALL_MASK), \
	HEX("pending_selector", width, width), \
	HEX("cr2", width, 2 * (width)), \
	HEX("time_version", 4, 32), \
	HEX("tsc_timestamp", 8, 40), \
	HEX("system_time", 8, 48), \
	HEX("tsc_to_system_multiplier", 4, 56), \
	{ .name = "tsc_shift", .kind = FIELD_SIGNED, .size = 1, .offset = 60 }

static const struct field shared_fields_64[] = {
	SHARED_FIELDS(8, 0xc10, 0xc00)
};
static const struct field shared_fields_32[] = {
	SHARED_FIELDS(4, 0x90c, 0x900)
};
static const struct field vcpu_fields_64[] = { VCPU_FIELDS(8) };
static const struct field vcpu_fields_32[] = { VCPU_FIELDS(4) };

static const struct shared shared_64 = {
	8, 0x800, 0xa00, 0xc04, 0xc0c,
	shared_fields_64, COUNT_OF(shared_fields_64),
	vcpu_fields_64, COUNT_OF(vcpu_fields_64)
};
static const struct shared shared_32 = {
	4, 0x800, 0x880, 0x904, 0x924,
	shared_fields_32, COUNT_OF(shared_fields_32),
	vcpu_fields_32, COUNT_OF(vcpu_fields_32)
};

static void
add_time(struct item *i, const struct shared *s)
{
	uint64_t low, high;
	struct tm tm;
	char text[40];
	time_t t;

	if (!item_get(i, s->seconds, 4, &low) ||
	    !item_get(i, s->seconds_high, 4, &high))
		return;
	item_hex(i, "wallclock_sec", high << 32 | low);
	t = (time_t)(high << 32 | low);
	if (high < 64 && gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm) > 0)
		item_string(i, "wallclock", text);
}

/* The event channels: which are pending, and how many are masked. */
static void
add_events(struct item *i, const struct shared *s)
{
	uint64_t pending = 0, masked = 0, ports;
	json_object *list = item_list(i, "pending_ports");
	uint64_t bits, mask, port;

	ports = (uint64_t)s->width * s->width * 8 * 8;
	for (port = 0; port < ports; port++) {
		if (!item_get(i, s->pending + port / 8, 1, &bits) ||
		    !item_get(i, s->mask + port / 8, 1, &mask))
			break;
		masked += mask >> port % 8 & 1;
		if (!(bits >> port % 8 & 1))
			continue;
		pending++;
		item_append(i, list, json_object_new_uint64(port));
	}
	item_count(i, "pending", pending);
	item_count(i, "masked", masked);
}

/* Whether the vcpu ever ran: until then its upcalls are masked, no more. */
static bool
is_used(const uint8_t *info)
{
	size_t k;

	for (k = 0; k < VCPU_INFO_SIZE; k++)
		if (k != UPCALL_MASK && info[k] != 0)
			return true;
	return false;
}

static void
add_vcpus(struct item *i, const struct shared *s)
{
	json_object *list = item_list(i, "vcpus");
	struct item entry;
	size_t at, n;

	for (n = 0; n < VCPU_INFO_COUNT; n++) {
		at = n * VCPU_INFO_SIZE;
		if (i->size < at + VCPU_INFO_SIZE ||
		    !is_used(i->bytes + at))
			continue;
		entry = item_entry(i, list, at, VCPU_INFO_SIZE);
		item_count(&entry, "vcpu", n);
		item_fields(&entry, s->vcpu, s->vcpu_count);
	}
}

void
decode_shared_info(struct decode *d, struct item *i)
{
	const struct shared *s = d->width == 4 ? &shared_32 : &shared_64;

	if (d->width == 0) {
		item_malformed(i, "no X86_PV_INFO before it");
		return;
	}
	item_has(i, PAGE_SIZE);
	item_fields(i, s->fields, s->count);
	add_time(i, s);
	add_events(i, s);
	add_vcpus(i, s);
}
