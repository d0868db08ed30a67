/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_notes.h - the notes of a core: the vcpus' registers, for gdb and for
 * crash, and what Linux says of itself.
 */
#ifndef CORE_NOTES_H
#define CORE_NOTES_H

#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "state.h"

struct core_notes {
	uint8_t *bytes;
	size_t   size;
};

/*
 * core_notes_make(n, s, m, f): NT_PRSTATUS and QEMU's note of each vcpu, and
 * VMCOREINFO, if there is one in memory, which is read for that.
 * 0, or -1 as memory_each, or with EXIT_SYSTEM.
 */
int core_notes_make(struct core_notes *n, const struct state *s,
    struct memory *m, struct fault *f);
void core_notes_free(struct core_notes *n);

#endif
