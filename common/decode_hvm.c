/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "decode_body.h"

#define ENTRY_HEADER_SIZE	8u	/* u16 code, u16 instance, u32 length */
#define ENTRY_END		0u
#define PARAMS_HEADER_SIZE	8u
#define PARAM_SIZE		16u

static const char *const param_names[] = {
	[0] = "CALLBACK_IRQ", [1] = "STORE_PFN", [2] = "STORE_EVTCHN",
	[4] = "PAE_ENABLED", [5] = "IOREQ_PFN", [6] = "BUFIOREQ_PFN",
	[9] = "VIRIDIAN", [10] = "TIMER_MODE", [11] = "HPET_ENABLED",
	[12] = "IDENT_PT", [13] = "DM_DOMAIN", [14] = "ACPI_S_STATE",
	[15] = "VM86_TSS", [16] = "VPT_ALIGN", [17] = "CONSOLE_PFN",
	[18] = "CONSOLE_EVTCHN", [19] = "ACPI_IOPORTS_LOCATION",
	[20] = "MEMORY_EVENT_CR0", [21] = "MEMORY_EVENT_CR3",
	[22] = "MEMORY_EVENT_CR4", [23] = "MEMORY_EVENT_INT3",
	[24] = "NESTEDHVM", [25] = "MEMORY_EVENT_SINGLE_STEP",
	[26] = "BUFIOREQ_EVTCHN", [27] = "PAGING_RING_PFN",
	[28] = "MONITOR_RING_PFN", [29] = "SHARING_RING_PFN",
	[30] = "MEMORY_EVENT_MSR", [31] = "TRIPLE_FAULT_REASON",
	[32] = "IOREQ_SERVER_PFN", [33] = "NR_IOREQ_SERVER_PAGES",
	[34] = "VM_GENERATION_ID_ADDR", [35] = "ALTP2M",
	[36] = "X87_FIP_WIDTH", [37] = "VM86_TSS_SIZED", [38] = "MCA_CAP",
};

static void
fill_param(struct item *entry)
{
	uint64_t index, value;

	item_get(entry, 0, 8, &index);
	item_get(entry, 8, 8, &value);
	if (index < COUNT_OF(param_names) && param_names[index] != NULL)
		item_string(entry, "name", param_names[index]);
	item_hex(entry, "index", index);
	item_hex(entry, "value", value);
}

void
decode_hvm_params(struct decode *d, struct item *i)
{
	static const struct field fields[] = { COUNT("count", 4, 0) };
	uint64_t count;

	(void)d;
	item_fields(i, fields, COUNT_OF(fields));
	if (!item_has(i, PARAMS_HEADER_SIZE))
		return;
	item_each(i, "params", PARAMS_HEADER_SIZE, PARAM_SIZE, fill_param);
	item_get(i, 0, 4, &count);
	if (count != (i->size - PARAMS_HEADER_SIZE) / PARAM_SIZE)
		item_malformed(i, "%zu params are there",
		    (i->size - PARAMS_HEADER_SIZE) / PARAM_SIZE);
}

/* One entry, of which size bytes are there behind its header. */
static void
add_entry(struct item *i, json_object *list, size_t at, size_t size)
{
	struct item entry = item_entry(i, list, at + ENTRY_HEADER_SIZE, size);
	uint64_t code, instance, length;
	const char *name;

	item_get(i, at, 2, &code);
	item_get(i, at + 2, 2, &instance);
	item_get(i, at + 4, 4, &length);
	if ((name = decode_hvm_name((unsigned)code)) != NULL)
		item_string(&entry, "name", name);
	item_count(&entry, "type", code);
	item_count(&entry, "instance", instance);
	item_count(&entry, "length", length);
	decode_hvm_entry(&entry, (unsigned)code);
}

void
decode_hvm_context(struct decode *d, struct item *i)
{
	json_object *list = item_list(i, "entries");
	uint64_t code, length, count = 0;
	size_t at = 0, left;

	(void)d;
	for (;; at += ENTRY_HEADER_SIZE + (size_t)length) {
		if (!item_get(i, at, 2, &code) ||
		    !item_get(i, at + 4, 4, &length)) {
			item_malformed(i, "no END entry at byte %zu", at);
			break;
		}
		left = i->size - at - ENTRY_HEADER_SIZE;
		if (code == ENTRY_END) {
			if (length != 0)
				item_malformed(i, "END entry with a body");
			if (left > 0)
				item_count(i, "bytes_after_end", left);
			break;
		}
		count++;
		if (item_room(list))
			add_entry(i, list, at, length < left ?
			    (size_t)length : left);
		if (length > left) {
			item_malformed(i, "entry %u at byte %zu is longer "
			    "than the record", (unsigned)count - 1, at);
			break;
		}
	}
	item_more(i, list, count);
}
