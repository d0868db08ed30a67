/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * decode.h - what stands in a stream, as JSON: for people and programs that
 * look into it.
 *
 *     record -> { "vcpu": 0, "registers": { "rax": "0x0", ... }, ... }
 *
 * Addresses, registers, frame numbers and whatever may exceed 2^53 are
 * strings, "0x1f"; counts and sizes are integers.  Keys are words in
 * lower_case.  Flags in "cr0" are also a list of names, "cr0_bits".
 *
 * Bytes are foreign: no function here fails on any.  An object that says
 * "malformed": "why" has the fields that could be read; the bytes of the
 * others are missing or make no sense.  A list ends after DECODE_LIST_MAX
 * entries, and "more" beside it says how many are left out.  A text ends
 * after DECODE_TEXT_MAX bytes, and bytes in it that are no UTF-8 are U+FFFD.
 *
 * Each function returns a new reference, which the caller gives to
 * json_object_put, or NULL when memory ran out.
 *
 * Sources: docs/specs/libxc-migration-stream.pandoc and
 * libxl-migration-stream.pandoc, xen/include/public and
 * tools/libs/light/libxl_types.idl in xen.git; formatdomain of libvirt; the
 * processors' manuals for names of registers and their bits.
 */
#ifndef DECODE_H
#define DECODE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <json-c/json.h>

#include "record.h"

#define DECODE_LIST_MAX	8192u	/* entries */
#define DECODE_TEXT_MAX	4096u	/* bytes */

/*
 * What later records depend on.  Zero before the first piece of a stream;
 * decode_record keeps it up to date.
 */
struct decode {
	unsigned guests;	/* GUEST_PV or GUEST_HVM; 0: neither */
	unsigned width;		/* PV: bytes of a guest's word, 4 or 8; or 0 */
};

/*
 * decode_record(d, rec): the fields of a PART_IMAGE, or of a whole
 * PART_RECORD's body.  Other pieces, PAGE_DATA, and records of types that
 * are not known or have no fields give an empty object.  GUEST_CONFIG's own
 * object is "config", as it is: its keys and numbers are foreign.
 */
json_object *decode_record(struct decode *d, const struct record *rec);

/*
 * decode_xl_header(bytes, size): xl's header with its optional data, of which
 * the first size bytes are at hand: flags, and what xl's configuration says
 * of the guest and its devices.  No passwords.
 */
json_object *decode_xl_header(const uint8_t *bytes, size_t size);

/*
 * decode_virsh_header(bytes, size): the same for libvirt's header and XML.
 * XML with a document type, nested more than 32 deep or of over 16 MiB is
 * not read further.
 */
json_object *decode_virsh_header(const uint8_t *bytes, size_t size);

/* decode_libxl_header(bytes, size): libxl's header. */
json_object *decode_libxl_header(const uint8_t *bytes, size_t size);

/*
 * decode_libxl(type, length, bytes, size): the fields of a libxl record with a
 * body of length bytes, of which the first size are at hand.
 */
json_object *decode_libxl(uint32_t type, uint32_t length,
    const uint8_t *bytes, size_t size);

/*
 * decode_print(out, o, indent): the object for people, each line indented by
 * that many spaces:
 *
 *     guest width: 8
 *     bits: pe, mp, et
 *     control:
 *       cr0: 0x80050033
 *     params:
 *       - index: 1, name: STORE_PFN, value: 0xfeffc
 *
 * What is not to reach a terminal is printed as '?'.  Whether all could be
 * written is for ferror(out) to say.
 */
void decode_print(FILE *out, json_object *o, unsigned indent);

#endif
