/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	if (mkdir(RUN_DIRECTORY, 0700) == -1 && errno != EEXIST)
		result = fault_set(f, EXIT_SYSTEM, "%s: %s", RUN_DIRECTORY,
		    strerror(errno));
	else {
		set_path(n, ENDING, path);
		set_path(n, ".new", fresh);
		result = write_file(fresh, text, f);
		if (result == 0 && rename(fresh, path) == -1)
			result = fault_set(f, EXIT_SYSTEM, "%s: %s", path,
			    strerror(errno));
		if (result == -1)
			unlink(fresh);
	}
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
		size = read(fd, text, sizeof(text));
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

/* Whether the name of a file is that of a note. */
static bool
is_note(const char *name)
{
	return strlen(name) == MOVE_AT + ID_SIZE + strlen(ENDING) &&
	    strcmp(name + MOVE_AT + ID_SIZE, ENDING) == 0;
}

/* The next note of the directory.  1, 0 after the last, or -1. */
static int
next_note(DIR *directory, struct note *n, struct fault *f)
{
	struct dirent *entry;
	int found = 0;

	while (found == 0 && directory != NULL &&
	    (entry = readdir(directory)) != NULL)
		if (is_note(entry->d_name))
			found = read_note(entry->d_name, n, f);
	return found;
}

int
note_of_domain(const uint8_t uuid[UUID_SIZE], uint32_t domid,
    struct note *n, struct fault *f)
{
	DIR *directory = opendir(RUN_DIRECTORY);
	int found;

	while ((found = next_note(directory, n, f)) == 1 &&
	    (n->domid != domid || memcmp(n->uuid, uuid, UUID_SIZE) != 0))
		;
	if (directory != NULL)
		closedir(directory);
	return found;
}

int
note_of_move(const uint8_t move[MOVE_SIZE], struct note *n, struct fault *f)
{
	DIR *directory = opendir(RUN_DIRECTORY);
	int found;

	while ((found = next_note(directory, n, f)) == 1 &&
	    memcmp(n->move, move, MOVE_SIZE) != 0)
		;
	if (directory != NULL)
		closedir(directory);
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
	    strcmp(text, move) == 0;
}

int
note_tell(const char *text, struct fault *f)
{
	DIR *directory = opendir(RUN_DIRECTORY);
	struct note n;
	unsigned told = 0;
	int found;
	char *line;

	while ((found = next_note(directory, &n, f)) == 1) {
		if (!is_meant(&n, text))
			continue;
		told++;
		if ((line = keys_print(keys, KEY_COUNT, &n)) != NULL)
			puts(line);
		free(line);
	}
	if (directory != NULL)
		closedir(directory);
	if (found == 0 && told == 0)
		puts("{\"state\":\"none\"}");
	if (found == 0 && fclose(stdout) != 0)
		return fault_set(f, EXIT_SYSTEM, "stdout: %s",
		    strerror(errno));
	return found;
}
