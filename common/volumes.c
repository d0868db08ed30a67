/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <sodium.h>

#include "command.h"
#include "leftovers.h"
#include "newfile.h"
#include "part_file.h"
#include "stream.h"
#include "volumes.h"

/* Until it is published a volume is a file without a name, which is kept
 * open. */
struct volume {
	struct volume *next;
	char *path;
	struct newfile file;	/* v->command is NULL */
	struct command command;	/* it is not */
	struct sink out;
};

/* The file of a volume that is kept open takes two descriptors. */
static void
raise_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static char *
path_of(const struct volumes *v, uint32_t number)
{
	char *path;

	return asprintf(&path, "%s%03" PRIu32 ".rec", v->prefix, number) ==
	    -1 ? NULL : path;
}

static uint32_t
chunk_size(const struct volumes *v)
{
	uint32_t chunk = VOLUME_CHUNK_MAX;

	/* What a volume is short of its size is at most one of 16. */
	while (v->size > 0 && chunk > v->size / 16)
		chunk /= 2;
	return chunk;
}

int
volumes_begin(struct volumes *v, struct fault *f)
{
	if (sodium_init() == -1)
		return fault_set(f, EXIT_SYSTEM, "no random numbers");
	raise_limit();
	randombytes_buf(v->header.set, PART_SET_SIZE);
	v->header.in_turn = v->size == 0;
	v->header.parts = v->count;
	v->header.chunk = chunk_size(v);
	return 0;
}

/* Refused because a file is there; with replace, because it is no file. */
static int
refuse(const struct volumes *v, struct fault *f)
{
	f->hint[0] = '\0';
	if (f->status == EXIT_REFUSED && !v->replace)
		fault_hint(f, "-f puts the new ones in the place of old ones, "
		    "when all are whole");
	return -1;
}

static int
open_volume(struct volumes *v, struct volume *new, struct fault *f)
{
	if (v->command != NULL) {
		if (command_start(&new->command, v->command, new->path,
		    f) == -1)
			return -1;
		sink_open(&new->out, new->command.fd);
		return 0;
	}
	if (newfile_open(&new->file, new->path, v->replace, f) == -1)
		return refuse(v, f);
	sink_open(&new->out, new->file.fd);
	return 0;
}

/* Another volume, with its headers. */
static int
add(struct volumes *v, uint32_t number, uint64_t first, struct fault *f)
{
	struct volume *new = calloc(1, sizeof(*new));
	struct record header = { 0 };
	int result;

	if (new == NULL || (new->path = path_of(v, number)) == NULL) {
		free(new);
		return fault_set(f, EXIT_SYSTEM, "no memory");
	}
	new->file.fd = new->file.dir = new->command.fd = -1;
	if (v->last != NULL)
		v->last->next = new;
	else
		v->first = new;
	v->last = v->current = new;
	v->header.number = number;
	v->header.first = first;
	if (open_volume(v, new, f) == -1 ||
	    part_header_put(&v->header, &header, f) == -1)
		return -1;
	result = container_begin(&new->out, &header, f);
	record_free(&header);
	return result == 0 ? 0 :
	    command_blame(&new->command, new->path, f);
}

static int
write_record(struct volume *to, const struct record *rec, struct fault *f)
{
	return stream_write(&to->out, rec, f) == 0 ? 0 :
	    command_blame(&to->command, to->path, f);
}

static int
finish(struct volume *to, struct fault *f)
{
	if (write_record(to, &record_end, f) == -1)
		return -1;
	return to->file.fd != -1 ? newfile_sync(&to->file, f) :
	    command_end(&to->command, to->path, f);
}

/* The volume that the chunk goes to is v->current. */
static int
choose(struct volumes *v, const struct chunk *c, const struct record *rec,
    struct fault *f)
{
	uint64_t room = RECORD_HEADER_SIZE + rec->size + RECORD_HEADER_SIZE;
	uint32_t i;

	if (v->size == 0 && c->number > 0) {
		v->current = v->current->next != NULL ? v->current->next :
		    v->first;
	} else if (v->size == 0) {
		for (i = 0; i < v->count; i++)
			if (add(v, i, i, f) == -1)
				return -1;
		v->current = v->first;
	} else if (v->current == NULL) {
		return add(v, 0, 0, f);
	} else if (v->current->out.offset + room > v->size) {
		if (v->header.number + 1 == PARTS_MAX)
			return fault_set(f, EXIT_REFUSED,
			    "more than %u volumes: take larger ones",
			    PARTS_MAX);
		if (finish(v->current, f) == -1)
			return -1;
		return add(v, v->header.number + 1, c->number, f);
	}
	return 0;
}

int
volumes_write(struct volumes *v, const struct chunk *c,
    const struct record *rec, struct fault *f)
{
	struct volume *each;

	if (choose(v, c, rec, f) == -1 || write_record(v->current, rec, f) == -1)
		return -1;
	v->checkpointed |= c->checkpoint;
	if (!c->last)
		return 0;
	if (v->size > 0)
		return finish(v->current, f);
	for (each = v->first; each != NULL; each = each->next)
		if (finish(each, f) == -1)
			return -1;
	return 0;
}

/* Not all could be named for good: those that were are as before. */
static int
take_back(struct volumes *v, struct fault *f)
{
	struct volume *each;
	bool all = true;

	for (each = v->first; each != NULL && each->file.published;
	    each = each->next)
		all &= newfile_unname(&each->file);
	if (f->status == EXIT_REFUSED)
		refuse(v, f);
	return all ? -1 : fault_hint(f, "some parts have their names already, "
	    "and could not be taken back: remove them");
}

static int
give_names(struct volumes *v, struct fault *f)
{
	struct volume *each;

	for (each = v->first; each != NULL; each = each->next)
		if (newfile_name(&each->file, f) == -1)
			return take_back(v, f);
	if (v->last != NULL && newfile_name_sync(&v->last->file, f) == -1)
		return take_back(v, f);
	return 0;
}

int
volumes_publish(struct volumes *v, struct fault *f)
{
	uint8_t old[PART_SET_SIZE];
	sigset_t all, before;
	bool replaces;
	int result;

	if (v->command != NULL || v->first == NULL)
		return 0;
	replaces = v->replace && part_file_set(v->first->path, old);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	result = give_names(v, f);
	if (result == 0 && replaces)
		leftovers_remove(v->prefix, v->header.number, old);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

uint32_t
volumes_count(const struct volumes *v)
{
	return v->first == NULL ? 0 : v->header.number + 1;
}

void
volumes_stop(const void *volumes)
{
	const struct volumes *v = volumes;
	const struct volume *each;

	for (each = v->first; each != NULL; each = each->next) {
		newfile_drop(&each->file);
		command_signal(&each->command);
	}
}

void
volumes_close(struct volumes *v)
{
	struct volume *each;
	struct fault none;

	/* What was read of a checkpointed stream is of use. */
	for (each = v->first; each != NULL; each = each->next)
		if (v->checkpointed)
			command_end(&each->command, each->path, &none);
		else
			command_abort(&each->command);
	while ((each = v->first) != NULL) {
		v->first = each->next;
		newfile_close(&each->file);
		free(each->path);
		free(each);
	}
	v->last = v->current = NULL;
}
