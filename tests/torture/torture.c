/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * torture TABLE SERVE FAIL [-s STEP] [-r ROW] [-c CLASS] [-n RUN] - puts each
 * filter of the table through each class of what can go wrong, in the
 * directory that tests/torture/prepare made; a test for each filter and class.
 * SERVE and FAIL are the libraries to preload (serve.c, fail.c).
 *
 * STEP: every so many-th byte of what is long; 1: all there is to try.
 * RUN: that one of the class alone, and what became of it.
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "torture.h"

#define STEP	211

struct class {
	const char *name, *what;
	void (*run)(struct trial *);
	bool input;		/* needs one */
	bool preload;		/* needs calls that fail */
	uint32_t runs, passed, refused;
};

static struct class class[] = {
	{ "cut", "cut at each byte", cut, true, false, 0, 0, 0 },
	{ "flip", "bits are wrong", flip, true, false, 0, 0, 0 },
	{ "surgery", "records are lost, doubled, mixed", surgery, true, false,
	    0, 0, 0 },
	{ "lengths", "lengths lie", lengths, true, false, 0, 0, 0 },
	{ "numbers", "counts overflow", numbers, true, false, 0, 0, 0 },
	{ "bombs", "little says it is much", bombs, true, false, 0, 0, 0 },
	{ "short", "short, interrupted, not ready", short_calls, false, true,
	    0, 0, 0 },
	{ "drip", "few bytes at a time", drip, true, false, 0, 0, 0 },
	{ "stop", "SIGSTOP and SIGCONT", stops, true, false, 0, 0, 0 },
	{ "descriptors", "descriptors that are no good", descriptors, false,
	    false, 0, 0, 0 },
	{ "calls", "each call fails", calls, false, true, 0, 0, 0 },
	{ "memory", "each allocation fails", memory, false, true, 0, 0, 0 },
};

struct options {
	const char *table, *serve, *fail, *row, *class;
	size_t   step;
	uint32_t run;
};

static unsigned tests, bad;

struct bytes
load(const char *path)
{
	struct bytes b;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &st) == -1)
		err(1, "%s", path);
	b.size = (size_t)st.st_size;
	b.at = malloc(b.size + 1);
	if (b.at == NULL || read(fd, b.at, b.size) != (ssize_t)b.size)
		err(1, "%s", path);
	close(fd);
	return b;
}

/* The words of a text, which is cut up, and NULL. */
static void
words(char *text, char *word[WORDS_MAX])
{
	size_t n = 0;
	char *more, *at;

	for (at = strtok_r(text, " \t", &more); at != NULL;
	    at = strtok_r(NULL, " \t", &more)) {
		if (n == WORDS_MAX - 1)
			errx(1, "too many words: %s ...", word[0]);
		word[n++] = at;
	}
	word[n] = NULL;
}

/* A line of the table: name | command | inputs | KiB | what it is. */
static bool
read_row(char *line, struct row *row)
{
	char *field[5], *more, *is[WORDS_MAX];
	size_t i;

	line[strcspn(line, "\n")] = '\0';
	if (*line == '#' || *line == '\0')
		return false;
	*row = (struct row){ .pipe = true };
	for (i = 0; i < 5; i++)
		if ((field[i] = strtok_r(i == 0 ? line : NULL, "|", &more)) ==
		    NULL)
			errx(1, "no field %zu in the line of %s", i, line);
	words(field[0], is);
	row->name = is[0];
	words(field[1], row->word);
	words(field[2], row->input);
	row->kib = (uint32_t)strtoul(field[3], NULL, 10);
	words(field[4], is);
	for (i = 0; is[i] != NULL; i++)
		if (strcmp(is[i], "file") == 0)
			row->pipe = false;
		else if (strcmp(is[i], "stream") == 0)
			row->stream = true;
		else if (strcmp(is[i], "keeps") == 0)
			row->keeps = true;
		else if (strcmp(is[i], "lists") == 0)
			row->lists = true;
		else if (strcmp(is[i], "contains") == 0)
			row->contains = true;
		else if (strcmp(is[i], "same") == 0)
			row->same = true;
		else if (strcmp(is[i], "checkpoints") == 0)
			row->checkpoints = true;
		else if (strcmp(is[i], "endless") == 0)
			row->endless = true;
		else if (strcmp(is[i], "crashes") == 0)
			row->crashes = true;
		else if (strcmp(is[i], "sealed") == 0)
			row->sealed = true;
		else if (strncmp(is[i], "bombs=", 6) == 0)
			row->bombs = is[i] + 6;
		else if (strcmp(is[i], "-") != 0)
			errx(1, "%s: what is %s?", row->name, is[i]);
	return true;
}

/* What the filter makes of the input as it is; false when it fails. */
static bool
wanted(struct trial *t)
{
	static const struct plan none;
	const int fd[3] = {
		memory_file(t->input.at, t->input.size), memory_file(NULL, 0),
		memory_file(NULL, 0),
	};
	int i;

	server_await(t->server, server_begin(t->server, &none, fd), &t->want);
	outcome_take(&t->want, fd[1], fd[2]);
	for (i = 0; i < 3; i++)
		close(fd[i]);
	if (t->want.status != 0)
		printf("# %s, as it is: exit %d\n# %s\n", t->name,
		    t->want.status, (const char *)t->want.err.at);
	return t->want.status == 0;
}

/* The name of such an input of another guest, if there is one. */
static struct bytes
another(const char *name)
{
	struct bytes none = { 0 };
	char path[200];

	snprintf(path, sizeof(path), "%s.other", name);
	return access(path, R_OK) == 0 ? load(path) : none;
}

static void
put_through(struct trial *t, struct class *c)
{
	t->runs = t->passed = t->refused = t->complaints = 0;
	t->seed = 1;
	c->run(t);
	c->runs += t->runs;
	c->passed += t->passed;
	c->refused += t->refused;
	if (t->runs == 0)
		return;
	bad += t->complaints > 0;
	printf("%sok %u - %s, %s: %s: %u runs, %u passed, %u wrong\n",
	    t->complaints > 0 ? "not " : "", ++tests, t->row->name, t->name,
	    c->what, t->runs, t->passed, t->complaints);
	fflush(stdout);
}

static void
each_class(struct trial *t, const struct options *o)
{
	size_t i;

	for (i = 0; i < sizeof(class) / sizeof(*class); i++)
		if ((o->class == NULL || strcmp(o->class, class[i].name) ==
		    0) && (!class[i].input || t->input.size > 0) &&
		    (!class[i].preload || *o->fail != '\0'))
			put_through(t, &class[i]);
}

static void
each_input(const struct row *row, struct server *server,
    const struct options *o)
{
	struct trial t = {
		.row = row, .server = server, .step = o->step,
		.only = o->run,
	};
	size_t i;

	for (i = 0; row->input[i] != NULL; i++) {
		t.name = row->input[i];
		t.input = (struct bytes){ 0 };
		if (strcmp(t.name, "-") != 0)
			t.input = load(t.name);
		t.other = another(t.name);
		if (wanted(&t))
			each_class(&t, o);
		else
			printf("not ok %u - %s takes %s\n", ++tests,
			    row->name, t.name), bad++;
		outcome_free(&t.want);
		free(t.input.at);
		free(t.other.at);
	}
}

static void
torture(char *line, const struct options *o)
{
	struct server server;
	struct row row;
	char preload[400];

	if (!read_row(line, &row) ||
	    (o->row != NULL && strcmp(o->row, row.name) != 0))
		return;
	snprintf(preload, sizeof(preload), "%s%s%s", o->fail,
	    *o->fail == '\0' ? "" : ":", o->serve);
	server_start(&server, &row, preload);
	each_input(&row, &server, o);
	server_end(&server);
}

static void
each_row(const struct options *o)
{
	FILE *table = fopen(o->table, "r");
	char line[1000];

	if (table == NULL)
		err(1, "%s", o->table);
	while (fgets(line, sizeof(line), table) != NULL)
		torture(line, o);
	fclose(table);
}

int
main(int argc, char *argv[])
{
	struct options o = { .step = STEP };
	size_t i;
	int c;

	signal(SIGPIPE, SIG_IGN);
	while ((c = getopt(argc, argv, "s:r:c:n:")) != -1)
		switch (c) {
		case 's': o.step = strtoul(optarg, NULL, 10); break;
		case 'r': o.row = optarg; break;
		case 'c': o.class = optarg; break;
		case 'n': o.run = (uint32_t)strtoul(optarg, NULL, 10); break;
		default: return 2;
		}
	if (argc - optind != 3 || o.step == 0)
		errx(2, "TABLE SERVE FAIL [-s STEP] [-r ROW] [-c CLASS] "
		    "[-n RUN]");
	/* What is made is told by what is there: of one at a time. */
	if (flock(open("out", O_RDONLY | O_CLOEXEC), LOCK_EX | LOCK_NB) == -1)
		err(1, "out");
	o.table = argv[optind];
	o.serve = argv[optind + 1];
	o.fail = argv[optind + 2];
	each_row(&o);
	for (i = 0; i < sizeof(class) / sizeof(*class); i++)
		printf("# %-12s %8u runs %8u passed %8u refused\n",
		    class[i].name, class[i].runs, class[i].passed,
		    class[i].refused);
	printf("1..%u\n", tests);
	return bad > 0;
}
