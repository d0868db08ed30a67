/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - what the torturer tells a filter's process to suffer, and what it
 * counts meanwhile.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdatomic.h>
#include <stdint.h>

/* Calls that are told apart. */
enum call {
	CALL_MEMORY,		/* malloc and its kin, mmap */
	CALL_READ, CALL_WRITE, CALL_SYNC, CALL_CLOSE,
	CALL_OPEN,		/* whatever makes a descriptor */
	CALL_NAME,		/* whatever changes a directory or a mode */
	CALL_SIZE,		/* of a file */
	CALL_TEE, CALL_WAIT,	/* for a descriptor */
	CALL_START,		/* a thread, a process */
	CALLS
};

struct plan {
	uint32_t call;		/* which one fails */
	uint32_t nth;		/* when, from 1; 0: never */
	uint32_t sticky;	/* and from then on */
	int32_t  error;		/* as what */
	uint32_t most;		/* bytes that a read or a write moves; 0: any
				   number */
	uint32_t every;		/* each so many-th read or write says `again` */
	int32_t  again;		/* EINTR or EAGAIN */
};

/* A run that is asked for: which of stdin, stdout and stderr there are; these
 * descriptors come along. */
struct request {
	struct plan plan;
	uint8_t     open[3];
};

/* In memory that all of a filter's processes share. */
struct seen {
	_Atomic uint32_t calls[CALLS];
	_Atomic uint32_t failed;	/* how often the plan was kept */
};

/* What the server says of a run, besides the process it began with. */
struct verdict {
	int32_t  status;	/* as of wait(2) */
	uint32_t kib;		/* at most, of memory */
	uint32_t left;		/* processes that it left behind */
};

/* The descriptors that the server inherits. */
#define SERVE_SOCKET	198
#define SERVE_SEEN	199

extern struct plan torture_plan;
extern struct seen *torture_seen;

#endif
