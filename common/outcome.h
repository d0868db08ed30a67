/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcome.h - what came of a move, as its source saw it: the last line of
 * JSON (xenrec.5).
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "fault.h"
#include "note.h"

enum outcome { OUTCOME_MOVED, OUTCOME_RESUMED };

/*
 * outcome_print(n, result, f): the line on stdout, which is closed.  Times
 * are up to now.  0, or -1 with EXIT_SYSTEM.
 */
int outcome_print(const struct note *n, enum outcome result,
    struct fault *f);

#endif
