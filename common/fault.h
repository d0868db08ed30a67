/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fault.h - what went wrong, carried to the one place that reports it.
 *
 * Library functions never print and never exit: they fill a struct fault
 * and return -1.  main hands it to fault_exit.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

enum {
	EXIT_DONE = 0,
	EXIT_SYSTEM = 1,	/* this machine: I/O, memory, Xen */
	EXIT_USAGE = 2,		/* the command line */
	EXIT_MALFORMED = 3,	/* the stream: malformed or cut short */
	EXIT_INTEGRITY = 4,	/* integrity or authentication failed */
	EXIT_REFUSED = 5	/* valid, but refused: limit, layer, policy */
};

#define FAULT_TEXT_SIZE 400

struct fault {
	int  status;			/* an EXIT_ value */
	char text[FAULT_TEXT_SIZE];	/* one line, no tool name, no newline */
	char hint[FAULT_TEXT_SIZE];	/* what to do, one line, or empty */
};

/*
 * fault_set(f, status, fmt, ...): fills *f, clears the hint and returns -1.
 * Text over FAULT_TEXT_SIZE - 1 bytes is cut.
 */
int fault_set(struct fault *f, int status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* fault_within(f, what): puts "what: " in front of the text.  Returns -1. */
int fault_within(struct fault *f, const char *what);

/* fault_hint(f, fmt, ...): sets the hint of *f and returns -1. */
int fault_hint(struct fault *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* fault_foreign(f): it comes from a process that may have written anything, and
 * is a fault now in any case.  Returns -1. */
int fault_foreign(struct fault *f);

/* fault_erases(): whether stderr is a terminal on which a line can be written
 * over.  What is printed there below begins with erasing what is left of it. */
bool fault_erases(void);

/*
 * fault_print(tool, f): nothing for a fault without a text, which was told
 * before; or "tool: text" and, where there is one, "tool: hint:
 * ..." on stderr.  Control bytes come out as '?': text may hold foreign
 * bytes, and stderr is a terminal.
 */
void fault_print(const char *tool, const struct fault *f);

/*
 * fault_tell(tool, fmt, ...): news that is no failure: "tool: text" on
 * stderr, cut and cleaned like the text of a fault.
 */
void fault_tell(const char *tool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * fault_exit(tool, f): prints it and exits with f->status at once, without
 * waiting for other threads.
 */
_Noreturn void fault_exit(const char *tool, const struct fault *f);

#endif
