/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xen_core.h - the form xen-core: what xl dump-core writes, for crash and
 * libkdumpfile.
 *
 *     header | section headers | notes | contexts | shared info | zeroes |
 *     pages | their pfns, of PV guests with machine frames | names
 *
 * Source: docs/misc/dump-core-format.txt in xen.git.
 */
#ifndef XEN_CORE_H
#define XEN_CORE_H

#include "convert.h"

/*
 * xen_core_write(c, m, out, f): pages of a PV guest that its P2M does not have
 * are left out, and it is said.
 * 0, or -1 as state.h, machine.h and sparse.h say, or with EXIT_REFUSED: of a
 * PV guest no page has a machine frame.
 */
int xen_core_write(const struct convert *c, struct memory *m,
    struct sparse *out, struct fault *f);

#endif
