/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * torture.h - what filters are put through, and what is asked of them.
 *
 *     row (a filter) x input x class  ->  a trial: many runs, each judged
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.h"

#define WORDS_MAX	24
#define STATUS(n)	(1u << (n))
#define REFUSED		(STATUS(3) | STATUS(4) | STATUS(5))

struct bytes {
	uint8_t *at;
	size_t   size;
};

/* A line of the table (filters). */
struct row {
	char *name;
	char *word[WORDS_MAX];	/* the command, NULL behind it */
	char *input[WORDS_MAX];	/* files, NULL behind them */
	bool  pipe;		/* takes its input from a pipe, too */
	bool  stream;		/* what comes out of stdout ends with END */
	bool  keeps;		/* writes what is sound, and fails */
	bool  sealed;		/* every change of its input has to be told */
	bool  lists;		/* writes a text, which may be cut */
	bool  contains;		/* writes a container */
	bool  same;		/* what it passes of a damaged input is the
				   same, but for the headers, which no layer
				   of it covers */
	bool  checkpoints;	/* takes an input that ends behind one */
	bool  endless;		/* its input does not say where it ends */
	bool  crashes;		/* inside a library that finds no memory */
	uint32_t kib;		/* of memory, at most */
	char *bombs;		/* the start of their names; NULL: none */
};

/* What became of a run. */
struct outcome {
	int      status;	/* 0 to 5; or -signal; or HUNG */
	uint32_t kib, left;
	uint32_t failed;	/* how often the plan was kept */
	struct bytes out, err;
	uint64_t files;		/* a digest of what it made; 0: nothing */
};
#define HUNG	1000

/* A filter's process that waits for runs (serve.c). */
struct server {
	pid_t pid;
	int   socket;
	struct seen *seen;
	char *program;
};

struct trial {
	const struct row *row;
	struct server    *server;
	const char       *name;		/* of the input */
	struct bytes      input, other;	/* other: such a one of another guest */
	struct outcome    want;		/* of the input as it is */
	size_t            step;		/* 1: all there is to try */
	uint32_t          seed;
	uint32_t          only;		/* the run to do; 0: all */
	uint32_t          runs, passed, refused, complaints;
};

/* What a run may come to. */
struct rule {
	unsigned statuses;	/* STATUS(n) | ... */
	bool     same;		/* 0: only with what is wanted */
	bool     inner;		/* with that, but for the headers */
	bool     prefix;	/* else: what came out is the start of it */
	bool     ended;		/* else: END may be out all the same */
	bool     sigpipe;	/* it may die of that */
	bool     silent;	/* it cannot say why */
	bool     no_memory;	/* it has to say that it is that */
};

/* --- run.c --- */

/* server_start(s, row, preload): starts row's program with these libraries
 * preloaded; ends with a message when it cannot be. */
void server_start(struct server *s, const struct row *row,
    const char *preload);
void server_end(struct server *s);

/* memory_file(bytes, size), full_pipe(bytes, size): a descriptor to read these
 * from. */
int memory_file(const void *bytes, size_t size);
int full_pipe(const void *bytes, size_t size);

/*
 * server_begin(s, plan, fd): starts a run with these as stdin, stdout and
 * stderr; -1: closed.  They stay the caller's.  The run's process.
 * server_await(s, pid, o): waits for its end, and kills it when it hangs.
 */
pid_t server_begin(struct server *s, const struct plan *plan,
    const int fd[3]);
void server_await(struct server *s, pid_t pid, struct outcome *o);

/* outcome_take(o, out, err): reads what came out, and what files were made,
 * which are gone afterwards; out -1: nothing. */
void outcome_take(struct outcome *o, int out, int err);
void outcome_free(struct outcome *o);

/* --- judge.c --- */

/*
 * try(t, plan, in, size, rule, fmt, ...): one run with these bytes, from a file
 * or a pipe, judged by the rule; what is wrong is told as a comment, with the
 * text.  try_with takes the descriptors, and the outcome of what was begun
 * there.  How often the plan was kept.
 */
uint32_t try(struct trial *t, const struct plan *plan, const void *in,
    size_t size, const struct rule *rule, const char *fmt, ...)
    __attribute__((format(printf, 6, 7)));
/* skips(t): whether this run is not the one to do; counts it. */
bool skips(struct trial *t);
void judge(struct trial *t, struct outcome *o, const struct rule *rule,
    const char *what);

/* --- torture.c --- */

/* load(path): a file; ends with a message when it cannot be read. */
struct bytes load(const char *path);

/* --- the classes: damage.c, records.c, calls.c, flow.c --- */
void cut(struct trial *t);
void flip(struct trial *t);
void surgery(struct trial *t);
void lengths(struct trial *t);
void numbers(struct trial *t);
void bombs(struct trial *t);
void calls(struct trial *t);
void memory(struct trial *t);
void short_calls(struct trial *t);
void drip(struct trial *t);
void stops(struct trial *t);
void descriptors(struct trial *t);

/* --- places.c --- */

/* A list of places in the input. */
struct places {
	size_t *at, count;
};
/* places_bytes(t): those bytes at which to try something. */
struct places places_bytes(const struct trial *t);
/* places_records(input): where its records begin, and its end; none when it is
 * no bare image. */
struct places places_records(struct bytes input);
uint32_t random_below(struct trial *t, uint32_t limit);

#endif
