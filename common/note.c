/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "keys.h"
#include "lock.h"
#include "note.h"

#define NOTE_MAX	4096u	/* bytes of a note */
#define ENDING		".move"
#define MOVE_AT		UUID_TEXT_SIZE	/* of the move's id in the name */
#define ID_SIZE		(2u * MOVE_SIZE)
#define PATH_SIZE	128u

static const char *const intents[] = { "move", "snapshot", NULL };
static const char *const states[] = {
	[MOVE_NONE] = "none", [MOVE_SAVING] = "saving",
	[MOVE_SENT] = "sent", [MOVE_GIVEN] = "given", NULL
};

/* One line per key; xenrec.5 has the same table. */
#define AT(member)	offsetof(struct note, member)
#define NUMBER(member) \
	{ .name = #member, .kind = KEY_NUMBER, .offset = AT(member), \
	  .required = true, .max = INT64_MAX }
static const struct key keys[] = {
	{ .name = "move", .kind = KEY_HEX, .offset = AT(move),
	  .required = true, .max = MOVE_SIZE },
	{ .name = "state", .kind = KEY_WORD, .offset = AT(state),
	  .required = true, .words = states },
	{ .name = "intent", .kind = KEY_FLAG, .offset = AT(snapshot),
	  .required = true, .words = intents },
	{ .name = "uuid", .kind = KEY_UUID, .offset = AT(uuid),
	  .required = true },
	{ .name = "name", .kind = KEY_NAME, .offset = AT(name),
	  .required = true },
	NUMBER(domid),
	NUMBER(begun),
	{ .name = "by_xl", .kind = KEY_FLAG, .offset = AT(by_xl) },
	NUMBER(stopped),
	NUMBER(cpu),
	NUMBER(rounds),
	NUMBER(pages_sent),
	NUMBER(records),
	NUMBER(pages),
	{ .name = "digest", .kind = KEY_HEX, .offset = AT(digest),
	  .required = true, .max = TALLY_DIGEST_SIZE },
};
#define KEY_COUNT (sizeof(keys) / sizeof(keys[0]))

/* "DIRECTORY/UUID.MOVE.move" */
static void
set_path(const struct note *n, const char *ending, char path[PATH_SIZE])
{
	char uuid[UUID_TEXT_SIZE], move[ID_SIZE + 1];

	uuid_print(n->uuid, uuid);
	hex_print(n->move, MOVE_SIZE, move);
	snprintf(path, PATH_SIZE, RUN_DIRECTORY "/%s.%s%s", uuid, move,
	    ending);
}

static int
write_file(const char *path, char *text, struct fault *f)
{
	struct iovec iov[2] = {
		{ .iov_base = text, .iov_len = strlen(text) },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	struct sink out;
	int result;

	if (fd == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	sink_open(&out, fd);
	result = sink_write(&out, iov, 2, f);
	if (result == 0 && fsync(fd) == -1)
		result = fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	if (result == 0)
		return sink_close(&out, f);
	close(fd);
	return -1;
}

int
note_write(const struct note *n, struct fault *f)
{
	char path[PATH_SIZE], fresh[PATH_SIZE], *text;
	int result;

	if ((text = keys_print(keys, KEY_COUNT, n)) == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	set_path(n, ENDING, path);
	set_path(n, ".new", fresh);
	result = write_file(fresh, text, f);
	if (result == 0 && rename(fresh, path) == -1)
		result = fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	if (result == -1)
		unlink(fresh);
	free(text);
	return result;
}

void
note_remove(const struct note *n)
{
	char path[PATH_SIZE];

	set_path(n, ENDING, path);
	unlink(path);
}

/* The note in the file of that name.  1, 0 when it has just gone, or -1. */
static int
read_note(const char *name, struct note *n, struct fault *f)
{
	char path[PATH_SIZE], text[NOTE_MAX];
	ssize_t size = -1;
	struct fault why = { .text = "its state is none" };
	int fd;

	snprintf(path, sizeof(path), RUN_DIRECTORY "/%.100s", name);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) != -1) {
		size = io_read_file(fd, text, sizeof(text));
		close(fd);
	}
	if (fd == -1 && errno == ENOENT)
		return 0;
	if (size == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", path,
		    strerror(errno));
	*n = (struct note){ .state = MOVE_NONE };
	if (keys_parse(keys, KEY_COUNT, text, (size_t)size, n, &why) == 0 &&
	    n->state != MOVE_NONE)
		return 1;
	return fault_set(f, EXIT_SYSTEM, "%s is no note of a move: %s", path,
	    why.text);
}

/* Whether the file of that name is a note that has id at that place. */
static bool
is_note(const char *name, size_t at, const char *id)
{
	return strlen(name) == MOVE_AT + ID_SIZE + strlen(ENDING) &&
	    strcmp(name + (MOVE_AT + ID_SIZE), ENDING) == 0 &&
	    strncmp(name + at, id, strlen(id)) == 0;
}

/* Notes that have id at a place of their names. */
struct notes {
	DIR *directory;
	size_t at;
	const char *id;
};

/* 0, or -1; no directory is no notes. */
static int
open_notes(struct notes *notes, size_t at, const char *id, struct fault *f)
{
	*notes = (struct notes){ opendir(RUN_DIRECTORY), at, id };
	if (notes->directory != NULL || errno == ENOENT)
		return 0;
	return fault_set(f, EXIT_SYSTEM, "%s: %s", RUN_DIRECTORY,
	    strerror(errno));
}

static void
close_notes(struct notes *notes)
{
	if (notes->directory != NULL)
		closedir(notes->directory);
}

/* The next of them.  1, 0 after the last, or -1. */
static int
next_note(struct notes *notes, struct note *n, struct fault *f)
{
	struct dirent *entry;
	int found = 0;

	while (found == 0 && notes->directory != NULL &&
	    (entry = readdir(notes->directory)) != NULL)
		if (is_note(entry->d_name, notes->at, notes->id))
			found = read_note(entry->d_name, n, f);
	return found;
}

int
note_of_domain(const uint8_t uuid[UUID_SIZE], uint32_t domid,
    struct note *n, struct fault *f)
{
	char id[UUID_TEXT_SIZE];
	struct notes notes;
	int found;

	uuid_print(uuid, id);
	if (open_notes(&notes, 0, id, f) == -1)
		return -1;
	while ((found = next_note(&notes, n, f)) == 1 && n->domid != domid)
		;
	close_notes(&notes);
	return found;
}

int
note_of_move(const uint8_t move[MOVE_SIZE], struct note *n, struct fault *f)
{
	char id[ID_SIZE + 1];
	struct notes notes;
	int found;

	hex_print(move, MOVE_SIZE, id);
	if (open_notes(&notes, MOVE_AT, id, f) == -1)
		return -1;
	found = next_note(&notes, n, f);
	close_notes(&notes);
	return found;
}

/* Whether text is the name or number of its domain, or its move. */
static bool
is_meant(const struct note *n, const char *text)
{
	char domid[24], move[ID_SIZE + 1];

	snprintf(domid, sizeof(domid), "%" PRIu64, n->domid);
	hex_print(n->move, MOVE_SIZE, move);
	return strcmp(text, n->name) == 0 || strcmp(text, domid) == 0 ||
	    strcasecmp(text, move) == 0;
}

int
note_tell(const char *text, struct fault *f)
{
	struct notes notes;
	struct note n;
	unsigned told = 0, wrong = 0;
	int found;
	char *line;

	if (open_notes(&notes, 0, "", f) == -1)
		return -1;
	while ((found = next_note(&notes, &n, f)) != 0) {
		wrong += found == -1;
		if (found == -1 || !is_meant(&n, text))
			continue;
		told++;
		if ((line = keys_print(keys, KEY_COUNT, &n)) != NULL)
			puts(line);
		free(line);
	}
	close_notes(&notes);
	if (told == 0 && wrong > 0)
		return -1;	/* one of those may be meant */
	if (told == 0)
		puts("{\"state\":\"none\"}");
	if (fclose(stdout) != 0)
		return fault_set(f, EXIT_SYSTEM, "stdout: %s",
		    strerror(errno));
	return 0;
}
