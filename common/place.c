/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "place.h"

int
place_open(const char *path, char name[NAME_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	const char *last = slash != NULL ? slash + 1 : path;
	char dir[PATH_MAX] = ".";
	size_t size = slash != NULL ? (size_t)(last - path) : 0;

	if (size >= sizeof(dir) || strlen(last) > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (size > 0) {
		memcpy(dir, path, size);
		dir[size] = '\0';
	}
	memcpy(name, last, strlen(last) + 1);
	return open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
place_temp(char temp[PLACE_TEMP_SIZE])
{
	uint64_t number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return -1;
	snprintf(temp, PLACE_TEMP_SIZE, ".xenrec-%016" PRIx64, number);
	return 0;
}
