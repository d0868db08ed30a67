/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "convert.h"
#include "flatten.h"
#include "newfile.h"
#include "peek.h"
#include "stop.h"
#include "upstream.h"

/* A run: the input as it comes through its processes. */
struct run {
	struct convert *c;
	struct peek peek;
	struct upstream reader, flattener;
	struct newfile file;
	struct sink out;
};

/* The form of the input, where it was not said. */
static const struct form *
found(const struct peek *p)
{
	const struct form *form = NULL;

	while ((form = form_next(form)) != NULL)
		if (form->knows != NULL && form->knows(p->bytes, p->size))
			return form;
	return form_find("v3");	/* whose reader says what is wrong */
}

static int
read_form(void *c, int out, struct fault *f)
{
	const struct convert *convert = c;

	return convert->from->read(convert, out, f);
}

/* *fd is a plain stream then. */
static int
open_stream(struct run *r, int *fd, struct fault *f)
{
	const struct convert *c = r->c;

	*fd = c->in;
	r->c->sources = (struct upstream_pair){
	    .of = { &r->peek.up, &r->reader } };
	if (c->from->read != NULL) {
		if (upstream_fork(&r->reader, read_form, r->c, f) == -1)
			return -1;
		*fd = r->reader.fd;
	}
	if (!c->from->checkpointed || c->checkpoints)
		return 0;
	if (upstream_fork(&r->flattener, flatten_run, &(struct flatten){
	    .tool = c->tool, .quiet = c->quiet, .in = *fd,
	    .from = r->c->sources,
	    .wanted = c->checkpoint }, f) == -1)
		return -1;
	*fd = r->flattener.fd;
	return 0;
}

static int
close_stream(struct run *r, int result, struct fault *f)
{
	if (r->flattener.child > 0)
		result = upstream_end(&r->flattener, result, f);
	return r->reader.child > 0 ? upstream_end_whole(&r->reader, result,
	    f) : result;
}

static int
open_memory(struct run *r, struct memory *m, struct fault *f)
{
	int fd;

	if (r->c->from->read_memory != NULL)
		return r->c->from->read_memory(r->c, m, f);
	if (open_stream(r, &fd, f) == -1)
		return -1;
	return close_stream(r, memory_read(m, fd, r->c->max_pfn, f), f);
}

static int
write_memory(struct run *r, struct fault *f)
{
	struct memory m;
	struct sparse out;
	int result;

	if (open_memory(r, &m, f) == -1)
		return -1;
	sparse_open(&out, &r->out);
	result = r->c->to->write_memory(r->c, &m, &out, f);
	memory_close(&m);
	return result == -1 ? -1 : sparse_end(&out, f);
}

static int
write_stream(struct run *r, struct fault *f)
{
	const struct form *to = r->c->to;
	int fd, result;

	if (open_stream(r, &fd, f) == -1)
		return -1;
	result = to->write_file != NULL ? to->write_file(r->c, fd, f) :
	    to->write(r->c, fd, &r->out, f);
	return close_stream(r, result, f);
}

/* Of a form that does not make its file by itself. */
static int
open_output(struct run *r, struct fault *f)
{
	const struct convert *c = r->c;

	if (c->path != NULL) {
		if (newfile_open(&r->file, c->path, c->replace, f) == -1)
			return -1;
		stop_drops(&r->file);
	}
	sink_open(&r->out, c->path != NULL ? r->file.fd : STDOUT_FILENO);
	return 0;
}

static int
close_output(struct run *r, int result, struct fault *f)
{
	if (r->c->path == NULL)
		return result == -1 ? -1 : sink_close(&r->out, f);
	if (result == 0 && (newfile_sync(&r->file, f) == -1 ||
	    newfile_publish(&r->file, f) == -1))
		result = -1;
	newfile_close(&r->file);
	stop_drops(NULL);
	return result;
}

/* From its first bytes on, to the output. */
static int
carry(struct run *r, struct fault *f)
{
	struct convert *c = r->c;
	int result;

	if (c->from == NULL) {
		if (peek_open(&r->peek, &c->in, f) == -1)
			return -1;
		c->from = found(&r->peek);
	}
	result = c->to->write_memory != NULL ? write_memory(r, f) :
	    write_stream(r, f);
	return peek_end(&r->peek, result, f);
}

int
convert_run(struct convert *c, struct fault *f)
{
	struct run r = { .c = c };

	if (c->to->write_file != NULL)
		return carry(&r, f);
	if (open_output(&r, f) == -1)
		return -1;
	return close_output(&r, carry(&r, f), f);
}
