/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "torture.h"

#define HEADERS	40	/* bytes of a bare image's */
#define SHOWN	3	/* complaints of a trial that are told in full */

static bool
equal(struct bytes a, struct bytes b)
{
	return a.size == b.size && memcmp(a.at, b.at, a.size) == 0;
}

/* Also of a thread, or of what was to become another process. */
static bool
of_memory(const struct trial *t, const char *said)
{
	return strstr(said, "memory") != NULL ||
	    strstr(said, "Resource temporarily unavailable") != NULL ||
	    strstr(said, "the command ") != NULL ||
	    (t->row->crashes && strstr(said, "was killed") != NULL);
}

/* What stands behind the headers of an image. */
static struct bytes
inner(struct bytes b)
{
	size_t headers = b.size < HEADERS ? b.size : HEADERS;

	return (struct bytes){ b.at + headers, b.size - headers };
}

/* One line of the tool's, and hints at most. */
static const char *
said(const struct trial *t, const struct outcome *o, const struct rule *rule)
{
	const char *line = (const char *)o->err.at, *end;
	size_t name = strlen(t->server->program);
	bool told = false, hint;

	for (; line != NULL && *line != '\0'; line = end + 1) {
		if ((end = strchr(line, '\n')) == NULL)
			return "a line without an end";
		if (strncmp(line, t->server->program, name) != 0 ||
		    strncmp(line + name, ": ", 2) != 0)
			return "a line that is not the tool's";
		hint = strncmp(line + name, ": hint: ", 8) == 0;
		if (!hint && told && !t->row->keeps)
			return "two messages";
		told = told || !hint;
	}
	if (!told && !rule->silent)
		return "it does not say why";
	if (rule->no_memory && told && o->status == 1 &&
	    !of_memory(t, (const char *)o->err.at))
		return "it does not say that it is memory";
	return NULL;
}

static const char *
done(const struct trial *t, const struct outcome *o, const struct rule *rule)
{
	if (rule->no_memory && t->row->lists)
		return NULL;
	if (rule->same && !equal(o->out, t->want.out))
		return "something else came out";
	if (rule->inner && !equal(inner(o->out), inner(t->want.out)))
		return "something else came out";
	if (rule->same && o->files != t->want.files)
		return "it made other files";
	return NULL;
}

/* Whether these are a bare image to its END. */
static bool
whole(struct bytes out)
{
	struct places p = places_records(out);
	bool ends = p.count > 1 && p.at[p.count - 1] == out.size &&
	    memcmp(out.at + p.at[p.count - 2], (char[8]){ 0 }, 8) == 0;

	free(p.at);
	return ends;
}

static const char *
failed(const struct trial *t, const struct outcome *o, const struct rule *rule)
{
	size_t most = t->want.out.size;

	if (t->row->keeps || t->row->lists)
		return said(t, o, rule);
	/* It may be there when that cannot be said any more. */
	if (o->files != 0 && (o->err.at == NULL ||
	    strstr((const char *)o->err.at, "is stored, but") == NULL))
		return "a file is left";
	if (rule->prefix && (o->out.size > most ||
	    memcmp(o->out.at, t->want.out.at, o->out.size) != 0))
		return "what came out is not the start of what was to come";
	if (rule->prefix && !rule->ended && t->row->stream && most > 0 &&
	    o->out.size == most)
		return "it failed, and END is out";
	if (!rule->prefix && t->row->stream && whole(o->out))
		return "it failed, and a whole stream is out";
	return rule->sigpipe && o->status == -SIGPIPE ? NULL :
	    said(t, o, rule);
}

/* A pfn may lie farther behind than files of this file system go. */
static bool
lies_too_far(const struct outcome *o)
{
	const char *said = (const char *)o->err.at;

	return o->status == EXIT_FAILURE && said != NULL &&
	    (strstr(said, "File too large") != NULL ||
	    strstr(said, "seek in the output") != NULL);
}

static const char *
verdict(const struct trial *t, const struct outcome *o,
    const struct rule *rule)
{
	if (o->status == HUNG)
		return "it hangs";
	if (rule->no_memory && t->row->crashes &&
	    (o->status == -SIGSEGV || o->status == -SIGABRT))
		return o->out.size < t->want.out.size ||
		    t->want.out.size == 0 ? NULL : "END is out";
	if (o->status < 0 && !(rule->sigpipe && o->status == -SIGPIPE))
		return "a signal killed it";
	if (o->left > 0)
		return "it left a process behind";
	if (t->row->kib > 0 && o->kib > t->row->kib)
		return "it took more memory than it may";
	if (o->status >= 0 && (rule->statuses & STATUS(o->status)) == 0 &&
	    !lies_too_far(o))
		return "another status than it has to have";
	return o->status == 0 ? done(t, o, rule) : failed(t, o, rule);
}

bool
skips(struct trial *t)
{
	t->runs++;
	return t->only != 0 && t->only != t->runs;
}

void
judge(struct trial *t, struct outcome *o, const struct rule *rule,
    const char *what)
{
	const char *wrong = verdict(t, o, rule);

	if (o->status == 0)
		t->passed++;
	else
		t->refused++;
	if (wrong != NULL && t->complaints++ < SHOWN)
		printf("# run %u, %s: %s: exit %d, %zu of %zu bytes, %u KiB\n"
		    "#   %.300s\n", t->runs, what, wrong, o->status,
		    o->out.size, t->want.out.size, o->kib,
		    o->err.at == NULL ? "" : (const char *)o->err.at);
	else if (t->only != 0)
		printf("# %s: exit %d, %zu of %zu bytes, %u KiB\n#   %s\n",
		    what, o->status, o->out.size, t->want.out.size, o->kib,
		    o->err.at == NULL ? "" : (const char *)o->err.at);
	outcome_free(o);
}

static const struct rule undisturbed = {
	.statuses = STATUS(0), .same = true,
};

uint32_t
try(struct trial *t, const struct plan *plan, const void *in, size_t size,
    const struct rule *rule, const char *fmt, ...)
{
	struct outcome o = { 0 };
	char what[200];
	uint32_t kept;
	va_list ap;
	int fd[3];

	/* What goes on until the plan is not kept goes on to the one. */
	if (skips(t))
		return t->runs < t->only;
	fd[0] = t->row->pipe && t->runs % 2 == 0 && size < 1 << 20 ?
	    full_pipe(in, size) : memory_file(in, size);
	fd[1] = memory_file(NULL, 0);
	fd[2] = memory_file(NULL, 0);
	server_await(t->server, server_begin(t->server, plan, fd), &o);
	outcome_take(&o, fd[1], fd[2]);
	close(fd[0]);
	close(fd[1]);
	close(fd[2]);
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	kept = o.failed;
	judge(t, &o, plan->nth > 0 && kept == 0 ? &undisturbed : rule, what);
	return kept;
}
