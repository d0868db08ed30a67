/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "bytes.h"
#include "decode_body.h"
#include "decode_xml.h"
#include "format.h"

json_object *
decode_virsh_header(const uint8_t *bytes, size_t size)
{
	static const struct field fields[] = {
		COUNT("version", 4, VIRSH_VERSION_OFFSET),
		COUNT("xml_length", 4, VIRSH_XML_LENGTH_OFFSET),
	};
	uint64_t length;
	struct item i;
	bool failed;

	i = item_new(bytes, size, &failed);
	if (size < VIRSH_MAGIC_SIZE ||
	    memcmp(bytes, VIRSH_MAGIC, VIRSH_MAGIC_SIZE) != 0)
		item_malformed(&i, "no virsh header");
	item_fields(&i, fields, COUNT_OF(fields));
	if (item_has(&i, VIRSH_HEADER_SIZE) &&
	    item_get(&i, VIRSH_XML_LENGTH_OFFSET, 4, &length)) {
		if (length > size - VIRSH_HEADER_SIZE) {
			item_malformed(&i, "the XML is cut short");
			length = size - VIRSH_HEADER_SIZE;
		}
		decode_xml(&i, VIRSH_HEADER_SIZE, (size_t)length);
	}
	return item_done(&i);
}
