/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * now.h - the clock of a move: time since this host started, suspends of the
 * host included, the same for all its processes.
 */
#ifndef NOW_H
#define NOW_H

#include <stdint.h>

/* now_ms(), now_us(): milliseconds, microseconds. */
uint64_t now_ms(void);
uint64_t now_us(void);

#endif
