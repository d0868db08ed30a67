/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode_xml.h - libvirt's description of a domain.  For the decode*.c files
 * only.
 */
#ifndef DECODE_XML_H
#define DECODE_XML_H

#include "decode_item.h"

/* Where in the XML a field stands. */
struct place {
	const char *path;	/* "outer/inner" */
	const char *attribute;	/* NULL: the element's text; "": no value,
				   true where the element is */
	const char *key;
	enum { PLACE_TEXT, PLACE_COUNT, PLACE_KIB } kind;
};

/* Of the guest; paths from the root on. */
extern const struct place decode_guest_places[];
extern const size_t decode_guest_place_count;

/* Of a device; paths below its own element. */
extern const struct place decode_device_places[];
extern const size_t decode_device_place_count;

/*
 * decode_xml(i, offset, size): the fields of the XML that stands in these of
 * the item's bytes, which have to be there, and the devices as a list.
 */
void decode_xml(struct item *i, size_t offset, size_t size);

#endif
