/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "decode_body.h"
#include "format.h"
#include "strict.h"

#define CONFIG_LENGTH_SIZE	4u
#define CONFIG_MAX		(16u << 20)	/* bytes; xl's are a few KiB */
#define EXACT_MAX		(UINT64_C(1) << 53)

/* A member of libxl's objects, "outer/inner", and its key here. */
struct member {
	const char *path;
	const char *key;
};

static const struct member guest_members[] = {
	{ "c_info/name", "name" },
	{ "c_info/uuid", "uuid" },
	{ "c_info/type", "type" },
	{ "c_info/pool_name", "pool" },
	{ "c_info/hap", "hap" },
	{ "c_info/passthrough", "passthrough" },
	{ "c_info/driver_domain", "driver_domain" },
	{ "b_info/max_vcpus", "vcpus" },
	{ "b_info/max_memkb", "max_memory_kib" },
	{ "b_info/target_memkb", "target_memory_kib" },
	{ "b_info/video_memkb", "video_memory_kib" },
	{ "b_info/shadow_memkb", "shadow_memory_kib" },
	{ "b_info/tsc_mode", "tsc_mode" },
	{ "b_info/nested_hvm", "nested_hvm" },
	{ "b_info/event_channels", "event_channels" },
	{ "b_info/max_grant_frames", "max_grant_frames" },
	{ "b_info/max_maptrack_frames", "max_maptrack_frames" },
	{ "b_info/device_model_version", "device_model_version" },
	{ "b_info/device_model_stubdomain", "device_model_stubdomain" },
	{ "b_info/kernel", "kernel" },
	{ "b_info/ramdisk", "ramdisk" },
	{ "b_info/cmdline", "cmdline" },
	{ "b_info/bootloader", "bootloader" },
	{ "b_info/type.hvm/firmware", "firmware" },
	{ "b_info/type.hvm/bios", "bios" },
	{ "b_info/type.hvm/boot", "boot" },
	{ "b_info/type.hvm/viridian", "viridian" },
	{ "b_info/type.hvm/serial", "serial" },
	{ "b_info/type.hvm/vga/kind", "vga" },
	{ "b_info/type.hvm/vnc/enable", "vnc" },
	{ "b_info/type.hvm/vnc/listen", "vnc_listen" },
	{ "b_info/type.hvm/gfx_passthru", "gfx_passthru" },
	{ "b_info/type.pvh/pvshim", "pvshim" },
	{ "on_poweroff", "on_poweroff" },
	{ "on_reboot", "on_reboot" },
	{ "on_watchdog", "on_watchdog" },
	{ "on_crash", "on_crash" },
	{ "on_soft_reset", "on_soft_reset" },
};

/* What tells one device from another, of whatever kind; no passwords. */
static const struct member device_members[] = {
	{ "devid", "devid" },
	{ "vdev", "vdev" },
	{ "pdev_path", "path" },
	{ "path", "path" },
	{ "backend", "backend" },
	{ "backend_domname", "backend_domain" },
	{ "backend_type", "backend" },
	{ "format", "format" },
	{ "readwrite", "readwrite" },
	{ "removable", "removable" },
	{ "is_cdrom", "cdrom" },
	{ "mac", "mac" },
	{ "ip", "ip" },
	{ "bridge", "bridge" },
	{ "ifname", "ifname" },
	{ "vlan", "vlan" },
	{ "mtu", "mtu" },
	{ "model", "model" },
	{ "nictype", "nictype" },
	{ "script", "script" },
	{ "permissive", "permissive" },
	{ "msitranslate", "msitranslate" },
	{ "rdm_policy", "rdm_policy" },
	{ "vnc/enable", "vnc" },
	{ "vnc/listen", "vnc_listen" },
	{ "vnc/display", "vnc_display" },
	{ "sdl/enable", "sdl" },
	{ "keymap", "keymap" },
	{ "uuid", "uuid" },
	{ "name", "name" },
	{ "connection", "connection" },
	{ "tag", "tag" },
	{ "security_model", "security_model" },
	{ "type", "type" },
	{ "transport", "transport" },
	{ "version", "version" },
	{ "ports", "ports" },
	{ "ctrl", "ctrl" },
	{ "port", "port" },
	{ "short_name", "name" },
	{ "unique_id", "unique_id" },
};

/* libxl's lists, and what one of them is. */
static const struct member device_kinds[] = {
	{ "disks", "disk" }, { "nics", "nic" }, { "pcidevs", "pci" },
	{ "rdms", "rdm" }, { "dtdevs", "dtdev" }, { "vfbs", "vfb" },
	{ "vkbs", "vkb" }, { "virtios", "virtio" }, { "vtpms", "vtpm" },
	{ "p9s", "9p" }, { "pvcallsifs", "pvcallsif" },
	{ "vdispls", "vdispl" }, { "vsnds", "vsnd" },
	{ "channels", "channel" }, { "usbctrls", "usbctrl" },
	{ "usbdevs", "usbdev" },
};

/* The member at the end of the path, or NULL. */
static json_object *
find(json_object *o, const char *path)
{
	char name[40];
	size_t length;

	for (; path != NULL; path = strchr(path, '/')) {
		path += *path == '/';
		length = strcspn(path, "/");
		if (length >= sizeof(name) ||
		    !json_object_is_type(o, json_type_object))
			return NULL;
		memcpy(name, path, length);
		name[length] = '\0';
		if (!json_object_object_get_ex(o, name, &o))
			return NULL;
	}
	return o;
}

/* A plain value; libxl has "True" and "False" for what may have a default. */
static void
add_value(struct item *i, const char *key, json_object *value)
{
	const char *text;
	int64_t n;

	if (json_object_object_get_ex(i->o, key, NULL))
		return;
	switch (json_object_get_type(value)) {
	case json_type_boolean:
		item_flag(i, key, json_object_get_boolean(value));
		break;
	case json_type_int:
		n = json_object_get_int64(value);
		if (n >= 0 && (uint64_t)n > EXACT_MAX)
			item_hex(i, key, (uint64_t)n);
		else
			item_add(i, key, json_object_new_int64(n));
		break;
	case json_type_string:
		text = json_object_get_string(value);
		if (strcmp(text, "True") == 0 || strcmp(text, "False") == 0)
			item_flag(i, key, text[0] == 'T');
		else
			item_text(i, key, text, (size_t)
			    json_object_get_string_len(value));
		break;
	default:
		break;
	}
}

static void
add_members(struct item *i, json_object *from, const struct member *members,
    size_t count)
{
	size_t k;

	for (k = 0; k < count; k++)
		add_value(i, members[k].key, find(from, members[k].path));
}

/* The address of a PCI device; its parts have no meaning of their own. */
static void
add_pci_address(struct item *i, json_object *device)
{
	static const char *const parts[] = { "domain", "bus", "dev", "func" };
	json_object *value;
	unsigned n[COUNT_OF(parts)] = { 0 };
	uint64_t part;
	size_t k;

	for (k = 0; k < COUNT_OF(parts); k++) {
		value = find(device, parts[k]);
		if (value != NULL &&
		    !strict_is_number(value, UINT32_MAX, &part))
			return;
		n[k] = value == NULL ? 0 : (unsigned)part;
	}
	item_format(i, "address", "%04x:%02x:%02x.%x", n[0], n[1], n[2],
	    n[3]);
}

static void
add_devices(struct item *i, json_object *config)
{
	json_object *list = item_list(i, "devices"), *from, *device;
	size_t kind, k, count = 0;
	struct item entry;

	for (kind = 0; kind < COUNT_OF(device_kinds); kind++) {
		from = find(config, device_kinds[kind].path);
		if (!json_object_is_type(from, json_type_array))
			continue;
		count += json_object_array_length(from);
		for (k = 0; k < json_object_array_length(from) &&
		    item_room(list); k++) {
			device = json_object_array_get_idx(from, k);
			entry = item_entry(i, list, 0, 0);
			item_string(&entry, "kind", device_kinds[kind].key);
			if (strcmp(device_kinds[kind].key, "pci") == 0)
				add_pci_address(&entry, device);
			add_members(&entry, device, device_members,
			    COUNT_OF(device_members));
		}
	}
	item_more(i, list, count);
}

/* The optional data, of which the whole configuration is to be there. */
static void
add_config(struct item *i)
{
	const char *text;
	json_object *config;
	uint64_t length;

	if (!item_get(i, XL_HEADER_SIZE, 4, &length) ||
	    length > i->size - XL_HEADER_SIZE - CONFIG_LENGTH_SIZE ||
	    length > CONFIG_MAX) {
		item_malformed(i, "the configuration is cut short");
		return;
	}
	text = (const char *)i->bytes + XL_HEADER_SIZE + CONFIG_LENGTH_SIZE;
	config = strict_object(text, strnlen(text, (size_t)length));
	if (config == NULL) {
		item_malformed(i, "the configuration is not a JSON object");
		return;
	}
	add_members(i, config, guest_members, COUNT_OF(guest_members));
	add_devices(i, config);
	json_object_put(config);
}

json_object *
decode_xl_header(const uint8_t *bytes, size_t size)
{
	static const char *const flag_bits[64] = { "json", "stream_v2" };
	static const struct field fields[] = {
		FLAGS("flags", 4, XL_FLAGS_OFFSET, flag_bits),
		HEX("optional_flags", 4, XL_OPTIONAL_FLAGS_OFFSET),
		COUNT("optional_length", 4, XL_DATA_LENGTH_OFFSET),
	};
	uint64_t order, flags, length;
	struct item i;
	bool failed;

	i = item_new(bytes, size, &failed);
	if (size < XL_MAGIC_SIZE ||
	    memcmp(bytes, XL_MAGIC, XL_MAGIC_SIZE) != 0)
		item_malformed(&i, "no xl header");
	if (item_get(&i, XL_BYTEORDER_OFFSET, 4, &order) &&
	    order != XL_BYTEORDER) {
		item_malformed(&i, "of a host with another byte order");
		return item_done(&i);
	}
	item_fields(&i, fields, COUNT_OF(fields));
	if (item_get(&i, XL_FLAGS_OFFSET, 4, &flags) &&
	    item_get(&i, XL_DATA_LENGTH_OFFSET, 4, &length) &&
	    flags & XL_FLAG_JSON && length > 0)
		add_config(&i);
	return item_done(&i);
}
