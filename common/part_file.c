/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outermost.h"
#include "part_file.h"
#include "types.h"

#define NAME_SHOWN	150	/* bytes of a path, in a message */

int
part_file_fault(const struct part_file *p, struct fault *f)
{
	char text[FAULT_TEXT_SIZE], number[] = "part 000000";

	if (p->path == NULL && p->header.number == 0)
		return -1;
	snprintf(number, sizeof(number), "part %03u",
	    (unsigned)p->header.number % PARTS_MAX);
	memcpy(text, f->text, sizeof(text));
	snprintf(f->text, sizeof(f->text), "%.*s: %.*s", NAME_SHOWN,
	    p->path != NULL ? p->path : number,
	    (int)sizeof(f->text) - NAME_SHOWN - 3, text);
	return -1;
}

/* The headers and the first record, which has to name the layer. */
static int
read_header(struct part_file *p, struct fault *f)
{
	struct record rec = { 0 };
	bool is_container = false;
	int result;

	do {
		result = stream_next(&p->in, &rec, f);
		if (rec.part == PART_IMAGE)
			is_container = memcmp(rec.body, container_image,
			    IMAGE_HEADERS_SIZE) == 0;
	} while (result == 1 && !type_has_layers(&rec) &&
	    !(rec.part == PART_RECORD && rec.type == REC_END));
	if (result == 1)
		result = outermost_is(&rec, REC_PART_HEADER, f);
	if (result == 0 && !is_container)
		result = record_fault(f, EXIT_MALFORMED, &rec, "the headers "
		    "before it are not those of a container");
	if (result == 0)
		result = part_header_get(&rec, &p->header, f);
	if (result == 0 && p->header.lane)
		result = record_fault(f, EXIT_REFUSED, &rec, "this is what "
		    "went over a lane, for rec-split --collect");
	record_free(&rec);
	return result;
}

int
part_file_open(struct part_file *p, struct fault *f)
{
	struct stat st;
	int fd;

	if (p->is_open)
		return 0;
	fd = p->path == NULL ? STDIN_FILENO :
	    open(p->path, O_RDONLY | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1) {
		fault_set(f, EXIT_SYSTEM, "cannot be opened: %s",
		    strerror(errno));
		return part_file_fault(p, f);
	}
	p->is_file = p->path != NULL && S_ISREG(st.st_mode);
	p->is_open = true;
	p->ended = false;
	if (stream_open(&p->in, fd, f) == -1)
		return -1;
	p->in.whole = true;
	p->in.pass_after_end = p->path == NULL;
	return read_header(p, f) == -1 ? part_file_fault(p, f) : 0;
}

int
part_file_again(struct part_file *p, struct fault *f)
{
	int result = stream_more(&p->in, f);

	if (result != 1)
		return result;
	p->ended = false;
	return read_header(p, f) == -1 ? -1 : 1;
}

int
part_file_next(struct part_file *p, struct record *rec, struct fault *f)
{
	if (stream_next(&p->in, rec, f) == -1) {
		f->hint[0] = '\0';	/* it is for whole streams */
		return part_file_fault(p, f);
	}
	p->ended = rec->type == REC_END;
	return 0;
}

void
part_file_close(struct part_file *p)
{
	if (!p->is_open)
		return;
	if (p->in.in.fd != STDIN_FILENO)
		close(p->in.in.fd);
	stream_close(&p->in);
	p->is_open = false;
}

bool
part_file_set(const char *path, uint8_t set[PART_SET_SIZE])
{
	struct part_file p = { .path = path };
	struct fault none;
	struct stat st;
	bool is_part;

	if (lstat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return false;
	is_part = part_file_open(&p, &none) == 0;
	memcpy(set, p.header.set, PART_SET_SIZE);
	part_file_close(&p);
	return is_part;
}
