/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outermost.h - the outermost layer of a stream, which its first record names:
 * the first for which type_has_layers (types.h) holds.
 */
#ifndef OUTERMOST_H
#define OUTERMOST_H

#include <stdint.h>

#include "fault.h"
#include "record.h"

/*
 * outermost_is(first, layer, f): 0 when that record names the layer, one of
 * those that type_undo knows, or -1 with EXIT_REFUSED and what to undo first.
 */
int outermost_is(const struct record *first, uint32_t layer,
    struct fault *f);

/* outermost_is_not(first, layer, f): 0 when it does not, or -1 with
 * EXIT_REFUSED and how to take the layer off. */
int outermost_is_not(const struct record *first, uint32_t layer,
    struct fault *f);

#endif
