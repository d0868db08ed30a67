/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vector.h - files of tests/vectors, and bytes, as descriptors.
 */
#ifndef VECTOR_H
#define VECTOR_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* vector_path(name, buf, size): its path; tests/run says where they are. */
static inline const char *
vector_path(const char *name, char *buf, size_t size)
{
	const char *dir = getenv("VECTORS");

	snprintf(buf, size, "%s/%s", dir != NULL ? dir : "tests/vectors",
	    name);
	return buf;
}

/* vector_open(name): a descriptor; a test without its vector has no use. */
static inline int
vector_open(const char *name)
{
	char path[4096];
	int fd = open(vector_path(name, path, sizeof(path)),
	    O_RDONLY | O_CLOEXEC);

	if (fd == -1) {
		perror(path);
		exit(1);
	}
	return fd;
}

/* bytes_open(bytes, size): a descriptor that these bytes are read from. */
static inline int
bytes_open(const void *bytes, size_t size)
{
	int fd = memfd_create("bytes", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, size) != (ssize_t)size ||
	    lseek(fd, 0, SEEK_SET) != 0) {
		perror("memfd");
		exit(1);
	}
	return fd;
}

#endif
