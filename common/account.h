/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * account.h - xc-absorb -t --json: what a whole stream came to.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "absorb.h"
#include "fault.h"

/*
 * account_print(o, f): a line of JSON (xenrec.5) on stdout, which is closed, of
 * a stream that opener_run took.  0, or -1 with EXIT_SYSTEM.
 */
int account_print(const struct opener *o, struct fault *f);

#endif
