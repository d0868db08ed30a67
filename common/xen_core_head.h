/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xen_core_head.h - what a core in Xen's format has besides its contents: where
 * they are, and its notes.
 */
#ifndef XEN_CORE_HEAD_H
#define XEN_CORE_HEAD_H

#include "elf_file.h"
#include "fault.h"
#include "sparse.h"
#include "state.h"

/* In the order of their headers; of the bytes too, but for NAMES, the last. */
enum {
	NONE, NAMES, NOTES, CONTEXTS, SHARED_INFO, PAGES, TABLE_PV, TABLE_HVM,
	SECTIONS
};

struct xen_core_head {
	const struct state *state;
	uint64_t pages;
	Elf64_Shdr section[SECTIONS];
};

/* xen_core_lay_out(h, state, pages): where the parts of the core of a guest
 * come to lie, of which it has so many pages. */
void xen_core_lay_out(struct xen_core_head *h, const struct state *state,
    uint64_t pages);

/*
 * xen_core_put_head(h, out, f): all up to the end of the notes.
 * xen_core_put_names(out, f): the end of the file.  0, or -1 as sparse_put.
 */
int xen_core_put_head(const struct xen_core_head *h, struct sparse *out,
    struct fault *f);
int xen_core_put_names(struct sparse *out, struct fault *f);

#endif
