/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "pmap.h"
#include "tap.h"

#define ITEMS	2000u
#define NEVER	ITEMS

/* What is to go wrong, at which item; join 0: there is no such step. */
struct plan {
	unsigned read, work, write, join, finish;
};

#define PLAN(read, work, write)	((struct plan){ read, work, write, 0, 0 })

struct item {
	unsigned number;
	unsigned seed;		/* of how long its work takes */
	const struct plan *plan;
	struct run *run;
	bool joined;
	volatile unsigned spin;
};

struct run {
	struct plan plan;
	unsigned read, joined, written;	/* items so far */
	bool ordered, joined_ordered;
};

static int
fail(struct fault *f, const char *what, unsigned number)
{
	return fault_set(f, EXIT_MALFORMED, "%s %u", what, number);
}

static int
read_item(void *ctx, void *worker, struct fault *f)
{
	struct run *run = ctx;
	struct item *item = worker;

	if (run->read == run->plan.read)
		return fail(f, "read", run->read);
	if (run->read == ITEMS)
		return 0;
	item->number = run->read++;
	return 1;
}

/* Every item from plan->work on fails: the first one is to be reported. */
static int
work_item(void *worker, struct fault *f)
{
	struct item *item = worker;
	unsigned n;

	item->seed = item->seed * 1103515245u + 12345u;
	for (n = item->seed >> 16 & 0xfff; n > 0; n--)
		item->spin++;
	if (item->number >= item->plan->work)
		return fail(f, "work", item->number);
	return 0;
}

/* One at a time, in order, and nothing is finished before it is joined. */
static int
join_item(void *worker, struct fault *f)
{
	struct item *item = worker;
	struct run *run = item->run;

	if (item->number == run->plan.join)
		return fail(f, "join", item->number);
	run->joined_ordered = run->joined_ordered &&
	    item->number == run->joined;
	run->joined++;
	item->joined = true;
	return 0;
}

static int
finish_item(void *worker, struct fault *f)
{
	struct item *item = worker;

	if (!item->joined)
		return fail(f, "not joined", item->number);
	item->joined = false;
	if (item->number >= item->plan->finish)
		return fail(f, "finish", item->number);
	return 0;
}

static int
write_item(void *ctx, void *worker, struct fault *f)
{
	struct run *run = ctx;
	struct item *item = worker;

	if (item->number == run->plan.write)
		return fail(f, "write", item->number);
	run->ordered = run->ordered && item->number == run->written;
	run->written++;
	return 0;
}

/* A run that fails leaves workers behind: what they use is not freed. */
static struct run *
run_map(unsigned threads, struct plan plan, int *result, struct fault *f)
{
	struct run *run = calloc(1, sizeof(*run));
	struct item *items = calloc(threads, sizeof(*items));
	void **workers = calloc(threads, sizeof(*workers));
	struct pmap m = { .threads = threads, .worker = workers,
	    .ctx = run, .read = read_item, .work = work_item,
	    .write = write_item,
	    .join = plan.join == 0 ? NULL : join_item,
	    .finish = finish_item };
	unsigned i;

	if (run == NULL || items == NULL || workers == NULL)
		exit(1);
	run->plan = plan;
	run->ordered = run->joined_ordered = true;
	for (i = 0; i < threads; i++) {
		items[i].seed = threads + i;
		items[i].plan = &run->plan;
		items[i].run = run;
		workers[i] = &items[i];
	}
	*result = pmap_run(&m, f);
	return run;
}

static void
test_order(unsigned threads)
{
	struct plan plan = PLAN(NEVER + 1, NEVER, NEVER);
	struct fault f;
	struct run *run;
	int result;

	run = run_map(threads, plan, &result, &f);
	ok(result == 0 && run->ordered && run->written == ITEMS,
	    "%u threads write %u of %u items in order", threads,
	    run->written, ITEMS);
}

/* The earliest fault, and all items before it. */
static void
test_fault(unsigned threads, struct plan plan, const char *text,
    unsigned written)
{
	struct fault f = { 0 };
	struct run *run;
	int result;

	run = run_map(threads, plan, &result, &f);
	faulty(result, &f, EXIT_MALFORMED, text);
	ok(run->ordered && run->written == written,
	    "%u threads: %u items were written, %u before it", threads,
	    run->written, written);
}

static void
test_faults(unsigned threads)
{
	test_fault(threads, PLAN(0, NEVER, NEVER), "read 0", 0);
	test_fault(threads, PLAN(700, NEVER, NEVER), "read 700",
	    700);
	test_fault(threads, PLAN(ITEMS, NEVER, NEVER),
	    "read 2000", ITEMS);
	test_fault(threads, PLAN(NEVER + 1, 0, NEVER), "work 0",
	    0);
	test_fault(threads, PLAN(NEVER + 1, 701, NEVER),
	    "work 701", 701);
	test_fault(threads, PLAN(NEVER + 1, NEVER, 0), "write 0",
	    0);
	test_fault(threads, PLAN(NEVER + 1, NEVER, ITEMS - 1),
	    "write 1999", ITEMS - 1);
	/* Several at once: the item counts, and not who was first. */
	test_fault(threads, PLAN(502, 501, 500), "write 500",
	    500);
	test_fault(threads, PLAN(502, 500, 501), "work 500", 500);
	test_fault(threads, PLAN(500, 501, 502), "read 500", 500);
	test_fault(threads, PLAN(NEVER, 600, 600), "work 600",
	    600);
}

/* With the two steps in between. */
static void
test_joins(unsigned threads)
{
	struct plan plan = { NEVER + 1, NEVER, NEVER, NEVER, NEVER };
	struct fault f;
	struct run *run;
	int result;

	run = run_map(threads, plan, &result, &f);
	ok(result == 0 && run->ordered && run->joined_ordered &&
	    run->joined == ITEMS && run->written == ITEMS,
	    "%u threads join %u of %u items in order", threads, run->joined,
	    ITEMS);
	plan.join = 300;
	test_fault(threads, plan, "join 300", 300);
	plan.finish = 299;
	test_fault(threads, plan, "finish 299", 299);
	plan.work = 298;
	test_fault(threads, plan, "work 298", 298);
	plan.write = 297;
	test_fault(threads, plan, "write 297", 297);
}

int
main(void)
{
	unsigned threads;
	int status;

	for (threads = 1; threads <= 8; threads++) {
		test_order(threads);
		test_faults(threads);
		test_joins(threads);
	}
	test_order(64);
	status = tap_end();
	/* Without waiting for what was left behind. */
	_exit(status);
}
