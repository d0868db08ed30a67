/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * envelope.h - what stands in front of libxl's header in a save file of xl or
 * of virsh: a header, and the guest's configuration.
 *
 * Source: tools/xl/xl.h and xl_saverestore.c in xen.git; libxlDoDomainSave and
 * libxlDomainSaveImageOpen in libvirt.git's src/libxl.
 */
#ifndef ENVELOPE_H
#define ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "format.h"
#include "io.h"

enum envelope { ENVELOPE_NONE, ENVELOPE_XL, ENVELOPE_VIRSH };

#define ENVELOPE_TEXT_MAX	(1u << 20)	/* bytes of a configuration */

/*
 * envelope_found(bytes, size): of which kind the one is that begins so.
 * envelope_has_config(header): whether xl's header says that a configuration
 * follows.
 */
enum envelope envelope_found(const uint8_t *bytes, size_t size);
bool envelope_has_config(const uint8_t header[XL_HEADER_SIZE]);

/*
 * envelope_load(kind, path, f): the text of a configuration in that file, as it
 * goes into the envelope: for xl a JSON object as in its save files, or as `xl
 * list -l NAME` prints it; for virsh a domain's XML.  The caller frees it.
 * NULL with EXIT_SYSTEM, EXIT_MALFORMED, or EXIT_REFUSED: over
 * ENVELOPE_TEXT_MAX.
 */
char *envelope_load(enum envelope kind, const char *path, struct fault *f);

/*
 * envelope_guess(c, f): a configuration for xl of what GUEST_CONFIG says: what
 * xl restore needs to take a guest without devices.  The caller frees it.  NULL
 * with EXIT_REFUSED for a guest with a device model, or EXIT_SYSTEM.
 */
char *envelope_guess(const struct config *c, struct fault *f);

/*
 * envelope_write(kind, text, out, f): header and configuration; text NULL: xl's
 * without one.  0, or -1 as sink_put.
 */
int envelope_write(enum envelope kind, const char *text, struct sink *out,
    struct fault *f);

#endif
