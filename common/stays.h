/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stays.h - the GUEST_STAYS record (xenrec.5): a checkpointed stream ends
 * because its source wanted it to, and the guest runs on there.
 */
#ifndef STAYS_H
#define STAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "fault.h"
#include "record.h"

/* stays_put(move, rec, f): makes *rec that record.  0, or -1 with
 * EXIT_SYSTEM. */
int stays_put(const uint8_t move[MOVE_SIZE], struct record *rec,
    struct fault *f);

/* stays_is(rec): whether the piece is one. */
bool stays_is(const struct record *rec);

/*
 * stays_check(rec, move, f): that it is of this move.  0, or -1 with
 * EXIT_MALFORMED for another one, EXIT_REFUSED for another version.
 */
int stays_check(const struct record *rec, const uint8_t move[MOVE_SIZE],
    struct fault *f);

#endif
