/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "implode_work.h"

static int
refuse(const char *name, const char *why, struct fault *f)
{
	fault_set(f, EXIT_REFUSED, "%.255s: %s", name, why);
	return fault_hint(f, "move away what is not of the stream, copies "
	    "that an editor left, too");
}

/* Bytewise, so that no locale changes a stream. */
static int
compare(const void *a, const void *b)
{
	const struct implode_name *x = a, *y = b;
	int rest = strcmp(x->e.rest, y->e.rest);

	if (x->e.number != y->e.number)
		return x->e.number < y->e.number ? -1 : 1;
	return rest != 0 ? rest : strcmp(x->name, y->name);
}

static void
sort(struct implode_names *n)
{
	if (n->count > 0)
		qsort(n->at, n->count, sizeof(n->at[0]), compare);
}

static int
no_memory(struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "no memory for the names of files");
}

static int
add(struct implode_names *n, const char *name, struct fault *f)
{
	size_t room = n->room == 0 ? 64 : 2 * n->room;
	struct implode_name *at;

	if (n->count == n->room) {
		if ((at = realloc(n->at, room * sizeof(*at))) == NULL)
			return no_memory(f);
		n->at = at;
		n->room = room;
	}
	at = &n->at[n->count];
	if ((at->name = strdup(name)) == NULL)
		return no_memory(f);
	exploded_get(at->name, &at->e);	/* which points into it */
	n->count++;
	return 0;
}

/* Pages of which no list says whose they are. */
static int
check_pages(const struct implode *im, const char *name, struct fault *f)
{
	char list[EXPLODED_NAME_SIZE];
	struct stat st;

	exploded_beside(name, EXPLODED_LIST, list);
	if (fstatat(im->dir, list, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	fault_set(f, EXIT_MALFORMED, "%.150s is missing, and %.150s is there",
	    list, name);
	return fault_hint(f, "PAGE_DATA records are taken out by removing "
	    "both");
}

static int
take_name(struct implode *im, const char *name, struct fault *f)
{
	struct exploded e;
	struct stat st;
	bool *header;

	if (fstatat(im->dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fault_set(f, EXIT_SYSTEM, "cannot read %.255s: %s",
		    name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return refuse(name, "no regular file", f);
	header = strcmp(name, EXPLODED_IMAGE) == 0 ? &im->image :
	    strcmp(name, EXPLODED_LIBXL) == 0 ? &im->libxl :
	    strcmp(name, EXPLODED_ENVELOPE) == 0 ? &im->envelope : NULL;
	if (header != NULL) {
		*header = true;
		return 0;
	}
	if (!exploded_get(name, &e))
		return refuse(name, "not the name of a part of a stream", f);
	if (e.kind == EXPLODED_PAGES)
		return check_pages(im, name, f);
	if (e.kind == EXPLODED_PADDING)
		return 0;	/* looked for beside its record */
	return add(e.libxl ? &im->libxl_records : &im->records, name, f);
}

static int
take_names(struct implode *im, DIR *dir, const char *path, struct fault *f)
{
	const struct dirent *entry;
	size_t count = 0;

	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		if (count++ == EXPLODED_FILES_MAX)
			return fault_set(f, EXIT_REFUSED, "%.200s has more "
			    "than %u files", path, EXPLODED_FILES_MAX);
		if (take_name(im, entry->d_name, f) == -1)
			return -1;
	}
	if (errno != 0)
		return fault_set(f, EXIT_SYSTEM, "cannot read %.200s: %s",
		    path, strerror(errno));
	sort(&im->records);
	sort(&im->libxl_records);
	return 0;
}

int
implode_names_read(struct implode *im, const char *path, struct fault *f)
{
	DIR *dir = opendir(path);
	int result;

	if (dir == NULL ||
	    (im->dir = fcntl(dirfd(dir), F_DUPFD_CLOEXEC, 3)) == -1)
		result = fault_set(f, EXIT_SYSTEM, "cannot read %.200s: %s",
		    path, strerror(errno));
	else
		result = take_names(im, dir, path, f);
	if (dir != NULL)
		closedir(dir);
	return result;
}

static void
free_names(struct implode_names *n)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		free(n->at[i].name);
	free(n->at);
}

void
implode_names_free(struct implode *im)
{
	free_names(&im->records);
	free_names(&im->libxl_records);
	if (im->dir != -1)
		close(im->dir);
}
