/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * replay.c - an engine that runs a target on each file that is named, or in a
 * directory that is named, once.  Prints how many there were.
 */
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

static size_t count;

static _Noreturn void
fail(const char *path)
{
	perror(path);
	exit(1);
}

static void
run_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t *bytes;
	struct stat st;
	size_t size;

	if (fd == -1 || fstat(fd, &st) == -1)
		fail(path);
	size = (size_t)st.st_size;
	/* Just as many bytes, so that a sanitizer sees one more being read. */
	bytes = malloc(size);
	if ((bytes == NULL && size > 0) ||
	    read(fd, bytes, size) != (ssize_t)size)
		fail(path);
	close(fd);
	/* Whoever sees it abort wants to know on what. */
	if (getenv("REPLAY_VERBOSE") != NULL)
		fprintf(stderr, "%s\n", path);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	count++;
}

static void
run_directory(const char *path, DIR *dir)
{
	char file[PATH_MAX];
	struct dirent *e;

	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		run_file(file);
	}
	closedir(dir);
}

int
main(int argc, char *argv[])
{
	DIR *dir;
	int i;

	for (i = 1; i < argc; i++) {
		if ((dir = opendir(argv[i])) != NULL)
			run_directory(argv[i], dir);
		else
			run_file(argv[i]);
	}
	printf("%zu\n", count);
	return 0;
}
