/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tick.h - what looks every second how things go, in a signal handler, so
 * that it does not matter what the process is waiting for.
 */
#ifndef TICK_H
#define TICK_H

enum tick { TICK_SILENCE, TICK_PROGRESS, TICKS };

/*
 * tick_set(which, look): look is called every second from now on, by SIGALRM's
 * handler, in this process, not in those that it forks; NULL: no more.
 * tick_stop(): nobody looks any more; may be called in a signal handler.
 */
void tick_set(enum tick which, void (*look)(void));
void tick_stop(void);

#endif
