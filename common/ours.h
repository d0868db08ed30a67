/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ours.h - the 8 bytes that begin every body of a record of ours (xenrec.5).
 */
#ifndef OURS_H
#define OURS_H

#include <stdint.h>

#include "fault.h"
#include "record.h"

/* ours_put(body, flags): version, flags and magic. */
void ours_put(uint8_t *body, unsigned flags);

/* ours_flags(rec): the flags of a record of ours. */
unsigned ours_flags(const struct record *rec);

/* ours_check(rec, flags, f): EXIT_REFUSED for a record of ours of another
 * version, or with others than these flags. */
int ours_check(const struct record *rec, unsigned flags, struct fault *f);

#endif
