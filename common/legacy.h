/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy.h - streams of Xen 3.x to 4.5, made streams of image version 3.
 *
 *   legacy.c           the order of things
 *   legacy_known.c     what one begins with
 *   legacy_envelope.c  xl's header, xend's, XAPI's
 *   legacy_head.c      size of the guest; PV: its width and the p2m's frames
 *   legacy_chunk.c     the body's chunks; legacy_tmem.c, legacy_physmap.c
 *   legacy_page.c      batches of pages; legacy_remus.c: of their changes
 *   legacy_tail.c      vcpus, HVM context
 *   legacy_image.c     instead of these: XAPI's of Xen 4.6 and later
 *   legacy_qemu.c      QEMU's state; what comes behind
 */
#ifndef LEGACY_H
#define LEGACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "convert.h"
#include "fault.h"

/*
 * legacy_known(bytes, size): whether an input that begins so is one: by the
 * magic of what it stands in, or, bare, by a size of the guest and what fits
 * behind it.
 */
bool legacy_known(const uint8_t *bytes, size_t size);

/*
 * legacy_read(c, out, f): as a struct form's read.  An xl file becomes one,
 * any other HVM guest a libxl stream, any other PV guest a bare image, which
 * XAPI's of Xen 4.6 and later are already: of version 2 or 3, as they are.  One
 * with checkpoints (Remus) becomes a checkpointed stream, which has no END; a
 * last checkpoint that is cut short is left out, and that is said on stderr
 * unless c->quiet.  So is what had to be left out: xend's configuration, tmem.
 *
 * 0, or -1 with EXIT_SYSTEM, EXIT_MALFORMED, or EXIT_REFUSED: no extended
 * information (before Xen 3.1), XAPI's records of other kinds, another byte
 * order.  Then no END was written.
 */
int legacy_read(const struct convert *c, int out, struct fault *f);

#endif
