/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's header, and the XML behind it. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "decoded.h"
#include "format.h"
#include "tap.h"

#define BIG	(1u << 20)

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

int
main(void)
{
	test_virsh();
	test_bad_xml();
	test_xml_numbers();
	test_large_xml();
	return tap_end();
}
