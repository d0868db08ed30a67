/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * about.h - what a stream says of itself and its guest, gathered from its
 * headers and records into one JSON object:
 *
 *     kind      "image", "libxl", "xl", "virsh" or "container"
 *     xl, virsh what stands before libxl's stream
 *     image     its headers
 *     config    GUEST_CONFIG
 *     pv        X86_PV_INFO
 *     policy    what X86_CPUID_POLICY says of the processor
 *     emulator  the first records of a device model
 */
#ifndef ABOUT_H
#define ABOUT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include "decode.h"
#include "fault.h"
#include "record.h"

#define ABOUT_EMULATORS_MAX	16u	/* records that are kept */
#define ABOUT_ENVELOPE_MAX	(1u << 20)	/* bytes that are read of it */

struct about {
	json_object *o;
	struct decode decode;
	uint8_t *envelope;		/* as far as it came */
	size_t   size;
	bool     body_due;		/* a libxl record's, comes next */
	uint64_t after_end;		/* bytes behind END */
};

/* about_begin(a, f): 0, or -1 with EXIT_SYSTEM. */
int about_begin(struct about *a, struct fault *f);
void about_free(struct about *a);

/*
 * about_add(a, rec, body, f): the next piece, in order.  *body is then the
 * object of its fields, which the caller puts, or NULL for a piece that has
 * none.  Those of a libxl record come with the first piece of its body.
 * 0, or -1 with EXIT_SYSTEM.
 */
int about_add(struct about *a, const struct record *rec, json_object **body,
    struct fault *f);

#endif
