/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * opts.h - the command line: what every tool does alike.
 *
 * With fault.h's two functions that print, and the log of libxenguest
 * (guest.c), these are the only ones in the library that print or exit.
 */
#ifndef OPTS_H
#define OPTS_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>

#include "fault.h"

/* The options that every tool has, and two that not all have. */
struct opts {
	bool     quiet, verbose, version;
	bool     progress, stats;	/* as JSON */
	bool     pass_after_end;	/* --pass-after-end */
	unsigned threads;	/* opts_threads("0") until -T is given */
};

#define OPTS_LETTERS	"qvhV"	/* for getopt_long, behind a tool's own */
/* Those that have no letter, --help first; beside every tool's own. */
enum { OPTS_EXAMPLES = 0x4800, OPTS_PROGRESS, OPTS_STATS, OPTS_AFTER_END };
#define OPTS_MEMORY	{ "memory", required_argument, NULL, 'M' }
#define OPTS_THREADS	{ "threads", required_argument, NULL, 'T' }
#define OPTS_PASS	{ "pass-after-end", no_argument, NULL, OPTS_AFTER_END }
#define OPTS_WORDS \
	{ "progress", required_argument, NULL, OPTS_PROGRESS }, \
	{ "stats", required_argument, NULL, OPTS_STATS }, \
	{ "quiet", no_argument, NULL, 'q' }, \
	{ "verbose", no_argument, NULL, 'v' }, \
	{ "help", no_argument, NULL, OPTS_EXAMPLES }, \
	{ "version", no_argument, NULL, 'V' }, \
	{ NULL, 0, NULL, 0 }

/* The same in a help. */
#define OPTS_HELP_THREADS \
"  -T, --threads N          threads, 1 to 256; 0: one per processor (default 0)\n"
#define OPTS_HELP_PASS \
"  --pass-after-end         hand on what follows the stream's END at once\n" \
"                           (inside xl migrate -s)\n"
#define OPTS_HELP_PROGRESS \
"  --progress=json          a line of JSON each second, on stderr\n" \
"  --stats=json             one at the end\n"
#define OPTS_HELP_TALK \
"  -q, --quiet              say errors only (default)\n" \
"  -v, --verbose            say more, on stderr\n"
#define OPTS_HELP_WORDS \
"  -h, --help               this help; --help: and examples\n" \
"  -V, --version            the version; with -v: and what sandbox there is\n"

/*
 * opts_take(o, tool, help, examples, c, given): what getopt_long returned as c
 * and the tool does not know, having taken the argument `given`: sets *o,
 * prints help, for --help with the examples behind it, and exits, or says what
 * is wrong and exits 2.  The tool's optstring starts with ':'.
 *
 * Completions are made of help (completions/read.awk says what it has to look
 * like); examples are those of the tool's man page, indented by 4.
 */
void opts_take(struct opts *o, const char *tool, const char *help,
    const char *examples, int c, const char *given);

/*
 * opts_end(o, tool): all options were taken: prints the version and exits if
 * that was asked for, with -v also what sandbox there is here.  Otherwise
 * progress begins (progress.h).
 */
void opts_end(const struct opts *o, const char *tool);

/* opts_no_operand(tool, argc, argv): behind getopt_long: exits 2 when anything
 * is left. */
void opts_no_operand(const char *tool, int argc, char *const argv[]);

/*
 * opts_number(text, min, max, out): a whole decimal number, min to max
 * inclusive, nothing before or after it.  0, or -1 with *out untouched.
 */
int opts_number(const char *text, long min, long max, long *out);

/*
 * opts_count(tool, option, min, max): optarg as such a number; says what the
 * option takes and exits 2 otherwise.
 */
long opts_count(const char *tool, const char *option, long min, long max);

/*
 * opts_size(tool, option, min, max, unit): optarg as a number of bytes, plain
 * or with K, M, G behind it, of 1024, 1024^2, 1024^3; in units, a power of
 * two, rounded up.  min and max are of these, too; says what the option takes
 * and exits 2 otherwise.
 */
uint64_t opts_size(const char *tool, const char *option, uint64_t min,
    uint64_t max, uint64_t unit);

/* opts_memory(tool): the argument of -M: pages of the largest window to take,
 * 256 to WINDOW_MAX (window.h); exits 2 for another. */
uint32_t opts_memory(const char *tool);

/*
 * opts_file(tool, option): optarg as the name of a file; says that the option
 * takes one and exits 2 for an empty name, and for "-".
 */
const char *opts_file(const char *tool, const char *option);

/*
 * opts_threads(text): the argument of -T: 0 (one per processor that this
 * process may run on) to THREADS_MAX.  The number of threads, at least 1, or
 * 0 when text is no such number.
 */
unsigned opts_threads(const char *text);

/*
 * opts_descriptors(): opens /dev/null for each of the descriptors 0-2 that
 * is closed, so that nothing opened later becomes one of them.  What stands
 * in for stdin cannot be read, and what does for stdout not be written: to
 * use them fails, as it should.  Exits 1 when there is no /dev/null.  stdio's
 * stdout waits for a pipe that does not block.  Before anything is printed.
 */
void opts_descriptors(void);

/*
 * opts_no_terminal(tool, fd): exits 2 when fd, 0 or 1, is a terminal: a
 * stream is nothing to type or to look at.
 */
void opts_no_terminal(const char *tool, int fd);

/*
 * opts_printed(result, f): stdout's text is out, and stdout closed.  `result`,
 * or, if that is 0, -1 with EXIT_SYSTEM when some of it could not be written.
 */
int opts_printed(int result, struct fault *f);

/* opts_wrong(tool, fmt, ...): prints what is wrong with the command line and
 * where help is; exits 2. */
_Noreturn void opts_wrong(const char *tool, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
