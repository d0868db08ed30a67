/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapped_ram.h - the memory of a PC that QEMU migrated to a file with the
 * capability mapped-ram (qemu_file.h).
 */
#ifndef MAPPED_RAM_H
#define MAPPED_RAM_H

#include "convert.h"

/*
 * The block of a PC's memory.  From `from` bytes on it is in two pieces: up to
 * `below`, and the rest from 4 GiB on.
 * Source: hw/i386/pc_q35.c, pc_piix.c and microvm.c in qemu.git.
 */
#define PC_RAM			"pc.ram"
#define MICROVM_RAM		"microvm.ram"
#define PC_HIGH			(UINT64_C(4) << 30)
#define PC_Q35			"pc-q35-"
#define PC_Q35_FROM		UINT64_C(0xb0000000)
#define PC_Q35_BELOW		UINT64_C(0x80000000)
#define PC_I440FX		"pc-i440fx-"
#define PC_I440FX_FROM		UINT64_C(0xe0000000)
#define PC_I440FX_BELOW		UINT64_C(0xc0000000)
#define MICROVM			"microvm"
#define MICROVM_FROM		UINT64_C(0xc0000000)
#define MICROVM_BELOW		UINT64_C(0xc0000000)

/* mapped_ram_knows(bytes, size): a form's knows (convert.h): any migration of
 * QEMU's. */
bool mapped_ram_knows(const uint8_t *bytes, size_t size);

/*
 * mapped_ram_read(c, out, f): a form's read.  -1 as qemu_file.h, and with
 * EXIT_REFUSED where it has no PC's memory, or of a machine that is not known
 * without c->lowmem.
 */
int mapped_ram_read(const struct convert *c, int out, struct fault *f);

#endif
