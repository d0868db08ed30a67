/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pfn_list.h - which pfns a record has pages of, told by the front of its body
 * alone: PAGE_DATA, packed as pages or not.  What CHECK's list covers.
 */
#ifndef PFN_LIST_H
#define PFN_LIST_H

#include <stdint.h>

#include "record.h"

/*
 * pfn_list_size(rec): bytes of that front, at most rec->length; 0: there is
 * none.  Of the body the first 72 bytes have to be there, or all.
 */
uint64_t pfn_list_size(const struct record *rec);

/*
 * pfn_list(rec, count): the pfns, as many as *count says; the caller frees
 * them.  Of the body pfn_list_size bytes have to be there, and sound.  NULL
 * when they are no list, or without memory.
 */
uint64_t *pfn_list(const struct record *rec, uint32_t *count);

#endif
