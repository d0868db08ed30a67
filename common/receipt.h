/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receipt.h - what the destination of a move says when it is done: one line
 * of JSON (xenrec.5).
 */
#ifndef RECEIPT_H
#define RECEIPT_H

#include <stdbool.h>
#include <stdint.h>

#include "absorb.h"
#include "config.h"

/*
 * receipt_print(c, s, running, domid): writes the receipt of the guest *c,
 * now domain domid, to stdout in one write, and closes stdout.
 * 0, or -1 when that failed; part of the line may have been written then.
 */
int receipt_print(const struct config *c, const struct summary *s,
    bool running, uint32_t domid);

#endif
