/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * elf_core.h - the form elf-core: what Linux's /proc/vmcore and QEMU's
 * dump-guest-memory write, for gdb, crash and drgn.
 *
 *     header | program headers | section 0 | notes | zeroes | pages
 *
 * Section 0 is there when there are too many program headers for the header.
 */
#ifndef ELF_CORE_H
#define ELF_CORE_H

#include "convert.h"

/*
 * elf_core_write(c, m, out, f): with c->virtual_addresses by the virtual
 * addresses of the first vcpu, otherwise by physical ones.
 * 0, or -1 as state.h, core_map.h and sparse.h say, or with EXIT_REFUSED when
 * there is no vcpu whose addresses could be taken.
 */
int elf_core_write(const struct convert *c, struct memory *m,
    struct sparse *out, struct fault *f);

#endif
