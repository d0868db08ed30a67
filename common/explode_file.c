/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explode_file.h"

int
explode_file_open(struct explode_files *x, const char *name,
    struct explode_file *file, struct fault *f)
{
	if (x->count == EXPLODED_FILES_MAX) {
		fault_set(f, EXIT_REFUSED, "the stream has more records than "
		    "a directory should have files, %u", EXPLODED_FILES_MAX);
		return fault_hint(f, "rec-ls --record shows the body of one "
		    "of them");
	}
	if (folder_file(&x->folder, name, &file->sink, f) == -1)
		return -1;
	x->count++;
	file->open = true;
	snprintf(file->name, sizeof(file->name), "%s", name);
	return 0;
}

int
explode_file_put(struct explode_file *file, const uint8_t *bytes, size_t size,
    struct fault *f)
{
	return sink_put(&file->sink, bytes, size, f) == 0 ? 0 :
	    fault_within(f, file->name);
}

int
explode_file_close(struct explode_file *file, struct fault *f)
{
	if (!file->open)
		return 0;
	file->open = false;
	return sink_close(&file->sink, f) == 0 ? 0 :
	    fault_within(f, file->name);
}

int
explode_file_whole(struct explode_files *x, const char *name,
    const uint8_t *bytes, size_t size, struct fault *f)
{
	struct explode_file file = { 0 };
	struct fault why;

	if (explode_file_open(x, name, &file, f) == -1)
		return -1;
	if (explode_file_put(&file, bytes, size, f) == 0)
		return explode_file_close(&file, f);
	explode_file_close(&file, &why);
	return -1;
}
