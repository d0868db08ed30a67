/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lock.h - one process at a time, or one pair of them, works on a guest.
 */
#ifndef LOCK_H
#define LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "uuid.h"

/* Where locks and notes live: it goes with the host's domains. */
#define RUN_DIRECTORY	"/run/xenrec"
#define LOCK_PATH_SIZE	64u

struct lock {
	int  fd;		/* -1: none */
	bool patient;
	char path[LOCK_PATH_SIZE];
};

/*
 * lock_take(l, id, what, f): takes the lock of a guest's uuid or a move's id.
 * When another has it and l->patient is set, that is waited for, 20 seconds
 * at most.  0, or -1 with EXIT_REFUSED when another has it still (the message
 * starts with `what`), EXIT_SYSTEM when it cannot be made.
 */
int lock_take(struct lock *l, const uint8_t id[UUID_SIZE], const char *what,
    struct fault *f);

/*
 * lock_share(l, id, fd): takes part in the lock that another process took
 * and whose descriptor it sent.  It is held until both have dropped it.
 */
void lock_share(struct lock *l, const uint8_t id[UUID_SIZE], int fd);

/* lock_drop(l): gives it up; the last to do so removes its file. */
void lock_drop(struct lock *l);

#endif
