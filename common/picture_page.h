/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture_page.h - the HTML around the cells of a picture.  Between head and
 * tail stand `bits`, `summary` (rec-ls.1) and `segments`: first pfn, and
 * three hex digits for each cell: class, times sent, entropy.
 */
#ifndef PICTURE_PAGE_H
#define PICTURE_PAGE_H

extern const char picture_head[], picture_tail[];

#endif
