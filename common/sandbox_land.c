/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Source: include/uapi/linux/landlock.h of Linux 6.12.  The header of the
 * system may be older than its kernel, and what a kernel does not know has
 * to be left out, so all of it is here.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "place.h"
#include "sandbox_work.h"
#include "spill.h"

#ifdef SANDBOX

/* The same on all architectures. */
#define CREATE_RULESET	444
#define ADD_RULE	445
#define RESTRICT_SELF	446
#define GIVE_VERSION	1u	/* a flag of CREATE_RULESET */
#define PATH_BENEATH	1	/* a kind of ADD_RULE */

struct ruleset {
	uint64_t files, net, scoped;	/* what is forbidden */
};

struct path_beneath {
	uint64_t allowed;
	int32_t  fd;
} __attribute__((packed));

#define WRITE_FILE	(UINT64_C(1) << 1)
#define READ_FILE	(UINT64_C(1) << 2)
#define READ_DIR	(UINT64_C(1) << 3)
#define REMOVE_DIR	(UINT64_C(1) << 4)
#define REMOVE_FILE	(UINT64_C(1) << 5)
#define MAKE_DIR	(UINT64_C(1) << 7)
#define MAKE_REG	(UINT64_C(1) << 8)
#define TRUNCATE	(UINT64_C(1) << 14)	/* from ABI 3 on */
#define TCP		UINT64_C(3)		/* bind, connect: ABI 4 */
#define ABSTRACT_UNIX	(UINT64_C(1) << 0)	/* sockets: ABI 6 */
#define SIGNALS		(UINT64_C(1) << 1)

/* A file in a directory that gets its name when it is whole. */
#define MAKE	(READ_DIR | READ_FILE | WRITE_FILE | MAKE_REG | REMOVE_FILE | \
		MAKE_DIR | REMOVE_DIR | TRUNCATE)
#define READ	(READ_DIR | READ_FILE)
/* One that never gets one, or, where that cannot be, is removed at once. */
#define SPILL	(READ_FILE | WRITE_FILE | MAKE_REG | REMOVE_FILE | TRUNCATE)

/* All that the version knows of. */
static struct ruleset
forbidden(const struct sandbox *s, int abi)
{
	static const unsigned bits[] = { 13, 14, 15, 15, 16 };
	struct ruleset r = {
		.files = (UINT64_C(1) << bits[abi < 5 ? abi - 1 : 4]) - 1,
		.net = abi >= 4 ? TCP : 0,
		.scoped = abi >= 6 ? ABSTRACT_UNIX | SIGNALS : 0,
	};

	/* A process from before is outside. */
	if (s->child != 0)
		r.scoped &= ~SIGNALS;
	return r;
}

/*
 * Beneath fd, which is closed, this is allowed.  What is no file, or not
 * there, has no rule: whoever wants it is told.  Not so what errno says that
 * nothing can be opened for.
 */
static int
allow(int ruleset, const struct ruleset *r, int fd, uint64_t what)
{
	struct path_beneath rule = { .allowed = what & r->files, .fd = fd };
	int err = 0;

	if (fd == -1)
		return errno == EMFILE || errno == ENFILE || errno == ENOMEM ?
		    errno : 0;
	if (syscall(ADD_RULE, ruleset, PATH_BENEATH, &rule, 0u) == -1) {
		/* Of a file itself there is no right to a directory. */
		rule.allowed &= READ_FILE | WRITE_FILE | TRUNCATE;
		if (errno != EINVAL || syscall(ADD_RULE, ruleset,
		    PATH_BENEATH, &rule, 0u) == -1)
			err = errno == EBADFD ? 0 : errno;
	}
	close(fd);
	return err;
}

/* The directory that path lies in, which may be to be one, "new/". */
static int
open_parent(const char *path)
{
	char clean[PATH_MAX], name[NAME_MAX + 1];
	size_t size = strlen(path);

	while (size > 1 && path[size - 1] == '/')
		size--;
	if (size >= sizeof(clean)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(clean, path, size);
	clean[size] = '\0';
	return place_open(clean, name);
}

static int
allow_all(int ruleset, const struct ruleset *r, const struct sandbox *s)
{
	int err = 0;
	size_t i;

	if (s->spills)
		err = allow(ruleset, r, open(spill_directory(),
		    O_PATH | O_DIRECTORY | O_CLOEXEC), SPILL);
	if (err == 0 && s->file != NULL)
		err = allow(ruleset, r, open_parent(s->file), s->listens ?
		    REMOVE_FILE : MAKE);
	for (i = 0; err == 0 && i < s->reads; i++)
		err = allow(ruleset, r, open(s->read[i], O_PATH | O_CLOEXEC),
		    READ);
	return err;
}

int
sandbox_land(const struct sandbox *s, int *abi)
{
	struct ruleset r;
	int ruleset, err;

	*abi = (int)syscall(CREATE_RULESET, NULL, (size_t)0, GIVE_VERSION);
	if (*abi < 1)
		return errno;
	r = forbidden(s, *abi);
	/* What a kernel does not know of the struct has to be zero. */
	ruleset = (int)syscall(CREATE_RULESET, &r, sizeof(r), 0u);
	if (ruleset == -1)
		return errno;
	err = allow_all(ruleset, &r, s);
	if (err == 0 && syscall(RESTRICT_SELF, ruleset, 0u) == -1)
		err = errno;
	close(ruleset);
	return err;
}

#endif
