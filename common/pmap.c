/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Items are numbered in the order they are read.  At most `threads` of them
 * are under way, so that number % threads tells their workers apart:
 *
 *     write.next <= number of an item under way < read
 *     write.next <= join.next <= read <= write.next + threads
 *
 * (join.next stands still where there is nothing to join.)
 *
 * read_lock is the turn to read and guards `read` and `ended`; lock guards
 * the rest.  No worker holds both.  The caller holds lock until every worker
 * is started: when one cannot be, nothing was written.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "pmap.h"

/* A point that the items pass in order. */
struct turn {
	unsigned long next;	/* item that may pass */
	pthread_cond_t *wake;	/* one per worker: its item is next */
};

struct map {
	struct pmap m;
	pthread_mutex_t read_lock;
	unsigned long read;	/* items read so far */
	bool ended;		/* nothing more to read */

	pthread_mutex_t lock;
	struct turn join, write;
	unsigned running;	/* workers that were not yet done */
	bool failed;		/* fault is set; nothing more is written */
	struct fault fault;
	pthread_cond_t over;	/* failed, or running became 0 */
};

struct seat {
	struct map *map;
	void *worker;
};

/* Takes the turn to read.  As pmap's read; sets the item's number. */
static int
read_item(struct map *map, void *worker, unsigned long *number,
    struct fault *f)
{
	int result = 0;

	pthread_mutex_lock(&map->read_lock);
	*number = map->read;
	if (!map->ended)
		result = map->m.read(map->m.ctx, worker, f);
	if (result != 0)
		map->read++;
	map->ended = result != 1;
	pthread_mutex_unlock(&map->read_lock);
	return result;
}

/* Waits for the item's turn.  False when an earlier one failed. */
static bool
await_turn(struct map *map, struct turn *turn, unsigned long number)
{
	bool mine;

	pthread_mutex_lock(&map->lock);
	while (turn->next != number && !map->failed)
		pthread_cond_wait(&turn->wake[number % map->m.threads],
		    &map->lock);
	mine = !map->failed;
	pthread_mutex_unlock(&map->lock);
	return mine;
}

static void
pass_turn(struct map *map, struct turn *turn, unsigned long number)
{
	pthread_mutex_lock(&map->lock);
	turn->next = number + 1;
	pthread_cond_signal(&turn->wake[turn->next % map->m.threads]);
	pthread_mutex_unlock(&map->lock);
}

/* The item whose turn it is to be written has a fault: ends the run. */
static void
fail(struct map *map, const struct fault *f)
{
	unsigned i;

	pthread_mutex_lock(&map->lock);
	map->failed = true;
	map->fault = *f;
	for (i = 0; i < map->m.threads; i++) {
		pthread_cond_signal(&map->join.wake[i]);
		pthread_cond_signal(&map->write.wake[i]);
	}
	pthread_cond_signal(&map->over);
	pthread_mutex_unlock(&map->lock);
}

/*
 * What comes between reading and writing.  An item with a fault keeps its
 * turn to join, so that no later one joins.  0, or -1 with *f set.
 */
static int
work_item(struct map *map, void *worker, unsigned long number,
    struct fault *f)
{
	const struct pmap *m = &map->m;

	if (m->work(worker, f) == -1)
		return -1;
	if (m->join == NULL || !await_turn(map, &map->join, number))
		return 0;
	if (m->join(worker, f) == -1)
		return -1;
	pass_turn(map, &map->join, number);
	return m->finish(worker, f);
}

static void *
run_worker(void *arg)
{
	struct seat *seat = arg;
	struct map *map = seat->map;
	unsigned long number;
	struct fault f;
	int result;

	while ((result = read_item(map, seat->worker, &number, &f)) != 0) {
		if (result == 1)
			result = work_item(map, seat->worker, number, &f);
		if (!await_turn(map, &map->write, number))
			break;
		if (result != -1)
			result = map->m.write(map->m.ctx, seat->worker, &f);
		if (result == -1) {
			fail(map, &f);
			break;
		}
		pass_turn(map, &map->write, number);
	}
	pthread_mutex_lock(&map->lock);
	map->running--;
	pthread_cond_signal(&map->over);
	pthread_mutex_unlock(&map->lock);
	return NULL;
}

static int
run_alone(const struct pmap *m, struct fault *f)
{
	int result;

	while ((result = m->read(m->ctx, m->worker[0], f)) == 1)
		if (m->work(m->worker[0], f) == -1 ||
		    (m->join != NULL && (m->join(m->worker[0], f) == -1 ||
		    m->finish(m->worker[0], f) == -1)) ||
		    m->write(m->ctx, m->worker[0], f) == -1)
			return -1;
	return result;
}

/* One condition per worker, or -1 without memory. */
static int
turn_new(struct turn *turn, unsigned threads)
{
	unsigned i;

	if ((turn->wake = calloc(threads, sizeof(pthread_cond_t))) == NULL)
		return -1;
	for (i = 0; i < threads; i++)
		pthread_cond_init(&turn->wake[i], NULL);
	return 0;
}

static void
map_free(struct map *map)
{
	free(map->join.wake);
	free(map->write.wake);
	free(map);
}

static struct map *
map_new(const struct pmap *m)
{
	struct map *map = calloc(1, sizeof(*map));

	if (map == NULL)
		return NULL;
	map->m = *m;
	if (turn_new(&map->join, m->threads) == -1 ||
	    turn_new(&map->write, m->threads) == -1) {
		map_free(map);
		return NULL;
	}
	pthread_mutex_init(&map->read_lock, NULL);
	pthread_mutex_init(&map->lock, NULL);
	pthread_cond_init(&map->over, NULL);
	return map;
}

/* Signals are for the thread that called pmap_run: it may handle them. */
static int
start_worker(pthread_t *thread, struct seat *seat)
{
	sigset_t block, before;
	int err;

	sigemptyset(&block);
	sigaddset(&block, SIGTERM);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGHUP);
	sigaddset(&block, SIGALRM);
	pthread_sigmask(SIG_BLOCK, &block, &before);
	err = pthread_create(thread, NULL, run_worker, seat);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* Starts the workers and waits for the end.  0 or -1, as pmap_run. */
static int
run_map(struct map *map, struct seat *seat, pthread_t *thread,
    struct fault *f)
{
	unsigned i, n = map->m.threads;
	bool failed;
	int err;

	pthread_mutex_lock(&map->lock);
	for (i = 0; i < n; i++) {
		seat[i] = (struct seat){ map, map->m.worker[i] };
		err = start_worker(&thread[i], &seat[i]);
		if (err != 0) {
			map->failed = true;	/* the others write nothing */
			pthread_mutex_unlock(&map->lock);
			return fault_set(f, EXIT_SYSTEM,
			    "cannot start thread %u of %u: %s", i + 1, n,
			    strerror(err));
		}
		map->running++;
	}
	while (map->running > 0 && !map->failed)
		pthread_cond_wait(&map->over, &map->lock);
	failed = map->failed;
	if (failed)
		*f = map->fault;
	pthread_mutex_unlock(&map->lock);
	if (failed)
		return -1;
	for (i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	return 0;
}

int
pmap_run(const struct pmap *m, struct fault *f)
{
	struct map *map;
	struct seat *seat;
	pthread_t *thread;
	int result;

	if (m->threads == 1)
		return run_alone(m, f);
	map = map_new(m);
	seat = calloc(m->threads, sizeof(*seat));
	thread = calloc(m->threads, sizeof(*thread));
	if (map == NULL || seat == NULL || thread == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for threads");
	result = run_map(map, seat, thread, f);
	free(thread);
	if (result == -1)
		return -1;	/* workers may still use the rest */
	map_free(map);
	free(seat);
	return 0;
}
