/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands around the image, and bytes that are damaged: cut anywhere,
 * changed at random, made to swell.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decoded.h"
#include "format.h"
#include "tap.h"

#define BIG	(1u << 20)

static FILE *nowhere;

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

/* What libvirt's header with this XML gives. */
static json_object *
virsh(const char *xml)
{
	size_t size = strlen(xml);
	uint8_t *bytes = calloc(64 + size, 1);
	json_object *o;

	memcpy(bytes, "libvirt-xml\n \0 \r\2", 17);
	put_le32(bytes + 20, (uint32_t)size);
	memcpy(bytes + 64, xml, size);
	o = decode_virsh_header(bytes, 64 + size);
	free(bytes);
	return o;
}

static void
test_virsh(void)
{
	json_object *o = virsh("<?xml version='1.0'?>\n"
	    "<domain type='xen'><name>a&amp;b</name><uuid>6c74</uuid>"
	    "<memory unit='KiB'>65536</memory>"
	    "<currentMemory unit='MiB'>32</currentMemory>"
	    "<vcpu placement='static' current='1'>2</vcpu>"
	    "<os><type arch='x86_64' machine='xenfv'>hvm</type>"
	    "<boot dev='hd'/><boot dev='cdrom'/></os><devices>"
	    "<emulator>/bin/qemu</emulator>"
	    "<disk type='file' device='disk'><driver name='qemu' "
	    "type='raw'/><source file='/d.img'/><target dev='hda' "
	    "bus='ide'/><readonly/></disk>\n"
	    "<graphics type='vnc' port='5900' passwd='secret'>"
	    "<listen type='address' address='::1'/></graphics>"
	    "<hostdev mode='subsystem' type='pci'><source>"
	    "<address domain='0' bus='3'/></source></hostdev>"
	    "</devices></domain>\n");

	is(o, "version", "2");
	is(o, "name", "\"a&b\"");
	is(o, "driver", "\"xen\"");
	is(o, "uuid", "\"6c74\"");
	is(o, "memory_kib", "65536");
	is(o, "current_memory_kib", "32768");
	is(o, "vcpus", "2");
	is(o, "online_vcpus", "1");
	is(o, "type", "\"hvm\"");
	is(o, "machine", "\"xenfv\"");
	is(o, "boot", "\"hd\"");
	is(o, "devices", "[ { \"kind\": \"emulator\", \"path\": "
	    "\"/bin/qemu\" }, { \"kind\": \"disk\", \"type\": \"file\", "
	    "\"device\": \"disk\", \"driver\": \"qemu\", \"format\": "
	    "\"raw\", \"source\": \"/d.img\", \"target\": \"hda\", "
	    "\"target_bus\": \"ide\", \"readonly\": true }, { \"kind\": "
	    "\"graphics\", \"type\": \"vnc\", \"port\": \"5900\" }, "
	    "{ \"kind\": \"hostdev\", \"mode\": \"subsystem\", \"type\": "
	    "\"pci\", \"source_domain\": \"0\", \"source_bus\": \"3\" } ]");
	is(o, "malformed", "nothing");
	json_object_put(o);
}

static void
test_bad_xml(void)
{
	static char text[BIG];
	json_object *o;
	size_t k;

	o = virsh("<!DOCTYPE d [<!ENTITY a 'aaaaaaaa'><!ENTITY b "
	    "'&a;&a;&a;&a;&a;&a;'>]><domain><name>&b;</name></domain>");
	is(o, "malformed", "\"the XML has a document type\"");
	is(o, "name", "nothing");
	json_object_put(o);
	o = virsh("<domain><name>a</name><x></domain>");
	is(o, "malformed", "\"line 1 of the XML: mismatched tag\"");
	is(o, "name", "\"a\"");
	json_object_put(o);
	o = virsh("");
	is(o, "malformed", "\"line 1 of the XML: no element found\"");
	json_object_put(o);
	o = virsh("<domain><memory unit='KB'>5</memory><vcpu>many</vcpu>"
	    "<name/></domain>");
	is(o, "memory_kib", "\"5\"");
	is(o, "vcpus", "\"many\"");
	is(o, "malformed", "nothing");
	json_object_put(o);
	for (k = 0; k < 40; k++)
		memcpy(text + 7 * k, "<a><b/>", 8);
	o = virsh(text);
	is(o, "malformed", "\"the XML is nested too deep\"");
	json_object_put(o);
	/* Stopped at an empty element, whose end comes nevertheless. */
	memset(text, 'n', 600);
	memcpy(text, "<domain><", 9);
	snprintf(text + 600, sizeof(text) - 600, "/></domain>");
	o = virsh(text);
	is(o, "malformed", "\"the XML is nested too deep\"");
	json_object_put(o);
	strcpy(text, "<domain><devices>");
	for (k = strlen(text); k + 30 < sizeof(text); k += 4)
		memcpy(text + k, "<d/>", 4);
	snprintf(text + k, sizeof(text) - k, "</devices></domain>");
	o = virsh(text);
	ok(json_object_array_length(json_at(o, "devices")) ==
	    DECODE_LIST_MAX && json_object_get_uint64(json_at(o, "more")) ==
	    (k - 17) / 4 - DECODE_LIST_MAX, "a list is cut");
	json_object_put(o);
	strcpy(text, "<domain><name>");
	memset(text + 14, 'n', 10000);
	snprintf(text + 10014, sizeof(text) - 10014, "</name></domain>");
	o = virsh(text);
	ok(json_object_get_string_len(json_at(o, "name")) ==
	    DECODE_TEXT_MAX, "a text is cut");
	json_object_put(o);
}

/* Numbers as libvirt writes them, up to 2^53 KiB; others stay texts. */
static void
test_xml_numbers(void)
{
	json_object *o = virsh("<domain><memory unit='TiB'>8388608</memory>"
	    "<currentMemory unit='TiB'>8388609</currentMemory>"
	    "<vcpu current='-18446744073709551615'>9007199254740993</vcpu>"
	    "</domain>");

	is(o, "memory_kib", "9007199254740992");
	is(o, "current_memory_kib", "\"8388609\"");
	is(o, "vcpus", "\"9007199254740993\"");
	is(o, "online_vcpus", "\"-18446744073709551615\"");
	json_object_put(o);
	o = virsh("<domain><memory unit='KiB'>1KiB</memory>"
	    "<currentMemory unit='KiB'>18446744073709551616</currentMemory>"
	    "<vcpu>000000000000000000000000000002</vcpu></domain>");
	is(o, "memory_kib", "\"1KiB\"");
	is(o, "current_memory_kib", "\"18446744073709551616\"");
	is(o, "vcpus", "\"000000000000000000000000000002\"");
	json_object_put(o);
}

/* XML as large as it may be, and larger. */
static void
test_large_xml(void)
{
	const size_t max = (size_t)16 << 20;
	char *text = malloc(max + 2);
	json_object *o;

	memset(text, ' ', max + 2);
	memcpy(text, "<domain><name>a</name></domain>", 31);
	text[max] = '\0';
	o = virsh(text);
	is(o, "name", "\"a\"");
	json_object_put(o);
	text[max] = ' ';
	text[max + 1] = '\0';
	o = virsh(text);
	is(o, "malformed",
	    "\"16777217 bytes of XML, the limit is 16777216\"");
	is(o, "name", "nothing");
	json_object_put(o);
	free(text);
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

/*
 * Each type's usual length; and which shorter ones are no damage that can be
 * seen: header and a multiple of unit.  Unit 0: any may be good.
 */
static const struct body {
	uint32_t type;
	size_t length, header, unit;
} bodies[] = {
	{ REC_X86_PV_INFO, 8, 8, 8 },
	{ REC_X86_PV_P2M_FRAMES, 40, 8, 8 },
	{ REC_X86_PV_VCPU_BASIC, 8 + 5168, 8, 5168 },
	{ REC_X86_PV_VCPU_EXTENDED, 8 + 128, 8, 0 },
	{ REC_X86_PV_VCPU_XSAVE, 8 + 16 + 832, 8, 0 },
	{ REC_X86_PV_VCPU_MSRS, 8 + 48, 8, 16 },
	{ REC_SHARED_INFO, 4096, 4096, 4096 },
	{ REC_X86_TSC_INFO, 24, 24, 24 },
	{ REC_HVM_CONTEXT, 3000, 0, 0 },
	{ REC_HVM_PARAMS, 8 + 48, 8 + 48, 16 },
	{ REC_X86_CPUID_POLICY, 240, 0, 24 },
	{ REC_X86_MSR_POLICY, 48, 0, 16 },
	{ REC_COMPRESSED, 60, 24, 0 },
	{ REC_GUEST_CONFIG, 60, 8, 0 },
	{ REC_DIRTY_PFN_LIST, 40, 0, 8 },
};

/* A body by a seed: noise, but for what steers the decoder. */
static void
make(const struct body *b, uint8_t *body, uint32_t seed)
{
	size_t k, at, length = b->length;
	unsigned code;

	for (k = 0; k < length; k++) {
		seed = seed * 1103515245 + 12345;
		body[k] = (uint8_t)(seed >> 16);
	}
	if (b->type == REC_COMPRESSED || b->type == REC_GUEST_CONFIG)
		memcpy(body, "\1\0\0\0xRec{\"a\":[{}]}", 18);
	if (b->type == REC_GUEST_CONFIG)
		memset(body + 18, ' ', length - 18);
	if (b->type == REC_HVM_PARAMS)
		put_le32(body, 3);
	/* Most handlers of traps, which are many, are not set. */
	if (b->type == REC_X86_PV_VCPU_BASIC)
		memset(body + 0x320, 0, 0xf00);
	if (b->type != REC_HVM_CONTEXT)
		return;
	/* Entries of all kinds and of odd lengths. */
	for (at = 0, code = 1; at + 8 < length; code++) {
		put_le16(body + at, (uint16_t)(code % 22));
		put_le32(body + at + 4, seed % 7 * 50 % (uint32_t)
		    (length - at - 8));
		at += 8 + get_le32(body + at + 4);
		seed = seed * 1103515245 + 12345;
	}
}

/* How long its JSON is, and whether malformed; now and then it is printed. */
static size_t
decode(unsigned width, uint32_t type, const uint8_t *body, size_t length,
    bool *malformed)
{
	static unsigned turn;
	struct decode d = { .width = width };
	json_object *o = json_record(&d, type, body, length);
	const char *text = json_object_to_json_string(o);
	size_t size = strlen(text);

	*malformed = strstr(text, "\"malformed\"") != NULL;
	if (turn++ % 16 == 0)
		decode_print(nowhere, o, 0);
	json_object_put(o);
	return size;
}

/* Cut at each byte: it says so, and has no more to say than the whole. */
static void
test_cut(const struct body *b, uint8_t *body)
{
	size_t whole, size, n, silent = 0;
	bool malformed;

	make(b, body, b->type);
	whole = decode(8, b->type, body, b->length, &malformed);
	for (n = 0; n < b->length; n++) {
		size = decode(8, b->type, body, n, &malformed);
		if (!malformed && (size > whole || n < b->header ||
		    (b->unit > 0 && (n - b->header) % b->unit != 0)))
			silent++;
	}
	ok(silent == 0, "type 0x%x cut at each of %zu bytes", b->type,
	    b->length);
}

static void
test_changed(const struct body *b, uint8_t *body)
{
	uint32_t seed, k, at;
	bool malformed;

	for (seed = 0; seed < 300; seed++) {
		make(b, body, seed);
		srand(seed);
		for (k = 0; k < seed % 20; k++) {
			at = (uint32_t)rand() % (uint32_t)b->length;
			body[at] = (uint8_t)(rand() % 3 == 0 ? 0xff :
			    rand());
		}
		decode(seed % 3 * 4, b->type, body, b->length, &malformed);
	}
	ok(true, "type 0x%x changed at random", b->type);
}

/* The same for what stands around the image; bytes are as large as size. */
static void
test_around(const char *name, json_object *(*fn)(const uint8_t *, size_t),
    const char *text, size_t size)
{
	uint8_t *bytes;
	json_object *o;
	unsigned seed;
	size_t n;

	for (seed = 0; seed < 2000; seed++) {
		bytes = malloc(size);
		memcpy(bytes, text, size);
		srand(seed);
		for (n = 0; n < 1 + seed % 5; n++)
			bytes[(size_t)rand() % size] = (uint8_t)rand();
		o = fn(bytes, size);
		decode_print(nowhere, o, 0);
		json_object_put(o);
		free(bytes);
	}
	for (n = 0; n <= size; n++) {
		bytes = malloc(n);
		memcpy(bytes, text, n);
		o = fn(bytes, n);
		decode_print(nowhere, o, 0);
		json_object_put(o);
		free(bytes);
	}
	ok(true, "%s changed and cut", name);
}

static json_object *
pairs_of(const uint8_t *bytes, size_t size)
{
	return decode_libxl(LIBXL_EMULATOR_XENSTORE_DATA, (uint32_t)size,
	    bytes, size);
}

static void
test_damage(void)
{
	static const char xl[] = "Xen saved domain, xl format\n \0 \r"
	    "\4\3\2\1\3\0\0\0\0\0\0\0\44\0\0\0\40\0\0\0"
	    "{\"c_info\":{\"name\":\"a\"},\"b\":[1]}";
	static const char xml[] = "libvirt-xml\n \0 \r\2\0\0\0\111\0\0\0"
	    "0123456789012345678901234567890123456789"
	    "<domain type='xen'><devices><disk type='a'><b c='d'/>"
	    "</disk></devices></domain>";
	static const char pairs[] = "\2\0\0\0\0\0\0\0a\0b\0c\0\0d\0e";
	static uint8_t body[8192];
	size_t k;

	for (k = 0; k < sizeof(bodies) / sizeof(bodies[0]); k++) {
		test_cut(&bodies[k], body);
		test_changed(&bodies[k], body);
	}
	test_around("xl's header", decode_xl_header, xl, sizeof(xl));
	test_around("libvirt's header", decode_virsh_header, xml,
	    sizeof(xml) - 1);
	test_around("libxl's pairs", pairs_of, pairs, sizeof(pairs));
}

int
main(void)
{
	if ((nowhere = fopen("/dev/null", "w")) == NULL)
		return 1;
	test_xl();
	test_virsh();
	test_bad_xml();
	test_xml_numbers();
	test_large_xml();
	test_libxl();
	test_long_lists();
	test_print();
	test_damage();
	fclose(nowhere);
	return tap_end();
}
