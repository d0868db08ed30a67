/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store_end.h - what the store*.c files share, and nobody else uses.
 */
#ifndef STORE_END_H
#define STORE_END_H

#include <stdint.h>

/* In an entry, while it is in memory: its place was written to. */
#define STORE_HAS_BYTES	(UINT64_C(1) << 63)

#endif
