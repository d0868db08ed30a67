/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Xen's tools put around the image; long lists, and how all is printed. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decoded.h"
#include "format.h"
#include "tap.h"

#define BIG	(1u << 20)

/* As decode_print shows it, up to 64 KiB. */
static const char *
printed(json_object *o)
{
	static char text[64 << 10];
	FILE *out = fmemopen(text, sizeof(text), "w");

	decode_print(out, o, 2);
	fclose(out);
	return text;
}

static void
test_xl(void)
{
	static const char config[] = "{\"c_info\":{\"type\":\"hvm\","
	    "\"name\":\"g\xc3\xa4st\",\"uuid\":\"6c7429fa\",\"domid\":3},"
	    "\"b_info\":{\"max_vcpus\":2,\"max_memkb\":16384,"
	    "\"target_memkb\":9007199254740993,"
	    "\"type.hvm\":{\"vnc\":{\"enable\":\"True\","
	    "\"passwd\":\"secret\"}}},\"disks\":[{\"vdev\":\"hda\","
	    "\"pdev_path\":\"/d.img\",\"readwrite\":1}],"
	    "\"nics\":[{\"mac\":\"00:16:3e:00:00:01\"},7],"
	    "\"pcidevs\":[{\"bus\":3,\"func\":1,\"permissive\":false}],"
	    "\"vfbs\":[{\"vnc\":{\"enable\":\"False\",\"listen\":\"::1\","
	    "\"passwd\":\"secret\"}}]}\n";
	uint8_t bytes[48 + 4 + sizeof(config)] =
	    "Xen saved domain, xl format\n \0 \r\4\3\2\1\3";
	json_object *o;

	put_le32(bytes + 44, 4 + sizeof(config));
	put_le32(bytes + 48, sizeof(config));
	memcpy(bytes + 52, config, sizeof(config));
	o = decode_xl_header(bytes, sizeof(bytes));
	is(o, "flags_bits", "[ \"json\", \"stream_v2\" ]");
	is(o, "name", "\"g\xc3\xa4st\"");
	is(o, "type", "\"hvm\"");
	is(o, "uuid", "\"6c7429fa\"");
	is(o, "vcpus", "2");
	is(o, "max_memory_kib", "16384");
	is(o, "target_memory_kib", "\"0x20000000000001\"");
	is(o, "vnc", "true");
	is(o, "devices", "[ { \"kind\": \"disk\", \"vdev\": \"hda\", "
	    "\"path\": \"/d.img\", \"readwrite\": 1 }, { \"kind\": "
	    "\"nic\", \"mac\": \"00:16:3e:00:00:01\" }, { \"kind\": "
	    "\"nic\" }, { \"kind\": \"pci\", \"address\": "
	    "\"0000:03:00.1\", \"permissive\": false }, { \"kind\": "
	    "\"vfb\", \"vnc\": false, \"vnc_listen\": \"::1\" } ]");
	is(o, "malformed", "nothing");
	json_object_put(o);
	o = decode_xl_header(bytes, sizeof(bytes) - 1);
	is(o, "malformed", "\"the configuration is cut short\"");
	json_object_put(o);
	bytes[52] = '[';
	o = decode_xl_header(bytes, sizeof(bytes));
	is(o, "malformed", "\"the configuration is not a JSON object\"");
	json_object_put(o);
	bytes[32] = 1;
	o = decode_xl_header(bytes, sizeof(bytes));
	is(o, "", "{ \"malformed\": \"of a host with another byte order\" }");
	json_object_put(o);
}

static void
test_libxl(void)
{
	static const uint8_t pairs[] = "\2\0\0\0\0\0\0\0"
	    "physmap/a/size\0" "1000\0" "k\xff\0";
	static const uint8_t header[] = "LibxlFmt\0\0\0\2\0\0\0\2";
	static const uint8_t context[] = "\2\0\0\0\0\0\0\0QEVM\0\0\0\3";
	json_object *o;

	o = decode_libxl_header(header, 16);
	is(o, "", "{ \"version\": 2, \"from_legacy_stream\": true }");
	json_object_put(o);
	o = decode_libxl(LIBXL_EMULATOR_XENSTORE_DATA, sizeof(pairs), pairs,
	    sizeof(pairs));
	is(o, "", "{ \"emulator\": \"qemu\", \"index\": 0, \"pairs\": [ "
	    "{ \"key\": \"physmap/a/size\", \"value\": \"1000\" }, "
	    "{ \"key\": \"k\xef\xbf\xbd\", \"value\": \"\" } ] }");
	json_object_put(o);
	o = decode_libxl(LIBXL_EMULATOR_XENSTORE_DATA, sizeof(pairs) - 1,
	    pairs, sizeof(pairs) - 1);
	is(o, "malformed", "\"no pairs of texts that end with NUL\"");
	json_object_put(o);
	o = decode_libxl(LIBXL_EMULATOR_XENSTORE_DATA, sizeof(pairs), pairs,
	    10);
	is(o, "more_bytes", "22");
	is(o, "malformed", "nothing");
	json_object_put(o);
	o = decode_libxl(LIBXL_EMULATOR_CONTEXT, 6009, context, 16);
	is(o, "", "{ \"emulator\": \"qemu\", \"index\": 0, \"size\": 6001, "
	    "\"qemu_version\": 3 }");
	json_object_put(o);
	o = decode_libxl(LIBXL_CHECKPOINT_STATE, 4, context, 4);
	is(o, "", "{ \"state\": \"svm_ready\" }");
	json_object_put(o);
}

/* Lists of many entries: one for each `unit` zero bytes. */
static void
test_long_lists(void)
{
	static const struct {
		uint32_t type;
		const char *list;
		size_t header, unit;
	} lists[] = {
		{ REC_HVM_PARAMS, "params", 8, 16 },
		{ REC_X86_CPUID_POLICY, "leaves", 0, 24 },
		{ REC_X86_MSR_POLICY, "msrs", 0, 16 },
		{ REC_X86_PV_VCPU_MSRS, "msrs", 8, 16 },
		{ REC_X86_PV_P2M_FRAMES, "ranges", 8, 8 },
	};
	static uint8_t bytes[BIG];
	struct decode d = { 0 };
	json_object *o;
	size_t k, count;

	for (k = 0; k < sizeof(lists) / sizeof(lists[0]); k++) {
		count = (BIG - lists[k].header) / lists[k].unit;
		o = json_record(&d, lists[k].type, bytes,
		    lists[k].header + count * lists[k].unit);
		ok(json_object_array_length(json_at(o, lists[k].list)) ==
		    DECODE_LIST_MAX &&
		    json_object_get_uint64(json_at(o, "more")) ==
		    count - DECODE_LIST_MAX, "%zu %s", count,
		    lists[k].list);
		json_object_put(o);
	}
	for (k = 0; k + 8 <= BIG; k += 8)
		put_le32(bytes + k, 99);
	o = json_record(&d, REC_HVM_CONTEXT, bytes, BIG);
	ok(json_object_array_length(json_at(o, "entries")) ==
	    DECODE_LIST_MAX && json_object_get_uint64(json_at(o, "more")) ==
	    BIG / 8 - DECODE_LIST_MAX, "as many entries of HVM_CONTEXT");
	json_object_put(o);
}

static void
test_print(void)
{
	json_object *o = json_tokener_parse("{\"a_b\":1,\"flag\":true,"
	    "\"none\":[],\"no\":{},\"list\":[1,\"x\"],\"in\":{\"c\":null,"
	    "\"d\":{\"e\":\"0x1\"}},\"blocks\":[{\"p_q\":1,\"r\":\"s t\"},"
	    "{\"deep\":{\"u\":2},\"v\":3},[4,5],[[6],7],8,{}],"
	    "\"\\u001b[1m\":\"a\\u0000\\u009b\\n\\u202e\\u0085_\\u00e4\"}");

	ok(strcmp(printed(o),
	    "  a b: 1\n"
	    "  flag: yes\n"
	    "  none: none\n"
	    "  no: none\n"
	    "  list: 1, x\n"
	    "  in:\n"
	    "    c: none\n"
	    "    d:\n"
	    "      e: 0x1\n"
	    "  blocks:\n"
	    "    - p q: 1, r: s t\n"
	    "    - deep:\n"
	    "        u: 2\n"
	    "      v: 3\n"
	    "    - 4, 5\n"
	    "    -\n"
	    "      - 6\n"
	    "      - 7\n"
	    "    - 8\n"
	    "    - none\n"
	    "  ?[1m: a?????_\xc3\xa4\n") == 0, "is printed for people");
	json_object_put(o);
	o = json_object_new_object();
	json_object_object_add(o, "k", json_object_new_string(
	    "\xff\xc3 \xe2\x82 \xed\xa0\x80 \xf4\x90\x80\x80 \xc0\xaf"));
	ok(strcmp(printed(o), "  k: ?? ?? ??? ???? ??\n") == 0,
	    "what is no UTF-8 is not printed");
	json_object_put(o);
}

int
main(void)
{
	test_xl();
	test_libxl();
	test_long_lists();
	test_print();
	return tap_end();
}
