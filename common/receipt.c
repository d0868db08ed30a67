/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io.h"
#include "keys.h"
#include "receipt.h"

#define LINE_MAX_SIZE	4096u	/* bytes of a line that is read */
#define LEAST		2u	/* members that every receipt has */

static const char *const results[] = {
	[RECEIPT_RUNNING] = "running", [RECEIPT_PAUSED] = "paused",
	[RECEIPT_FAILED] = "failed", [RECEIPT_ABSORBING] = "absorbing",
	[RECEIPT_BROKEN] = "broken", [RECEIPT_GONE] = "gone",
	[RECEIPT_UNKNOWN] = "unknown", NULL
};

/* One line per key; xenrec.5 has the same tables. */
#define AT(member)	offsetof(struct receipt, member)
static const struct key receipt_keys[] = {
	{ .name = "move", .kind = KEY_HEX, .offset = AT(move),
	  .required = true, .max = MOVE_SIZE },
	{ .name = "result", .kind = KEY_WORD, .offset = AT(result),
	  .required = true, .words = results },
	{ .name = "domid", .kind = KEY_NUMBER, .offset = AT(domid),
	  .required = true, .max = UINT32_MAX },
	{ .name = "uuid", .kind = KEY_UUID, .offset = AT(uuid),
	  .required = true },
	{ .name = "name", .kind = KEY_NAME, .offset = AT(name),
	  .required = true },
	{ .name = "records", .kind = KEY_NUMBER, .offset = AT(records),
	  .required = true, .max = INT64_MAX },
	{ .name = "pages", .kind = KEY_NUMBER, .offset = AT(pages),
	  .required = true, .max = INT64_MAX },
	{ .name = "digest", .kind = KEY_HEX, .offset = AT(digest),
	  .required = true, .max = TALLY_DIGEST_SIZE },
};

static const struct key grant_keys[] = {
	{ .name = "grant", .kind = KEY_HEX,
	  .offset = offsetof(struct grant, move),
	  .required = true, .max = MOVE_SIZE },
	{ .name = "digest", .kind = KEY_HEX,
	  .offset = offsetof(struct grant, digest),
	  .required = true, .max = TALLY_DIGEST_SIZE },
};

#define COUNT(table)	(sizeof(table) / sizeof((table)[0]))

static bool
is_whole(const struct receipt *r)
{
	return r->result == RECEIPT_RUNNING || r->result == RECEIPT_PAUSED;
}

char *
receipt_text(const struct receipt *r)
{
	return keys_print(receipt_keys, is_whole(r) ? COUNT(receipt_keys) :
	    LEAST, r);
}

int
receipt_parse(const char *text, size_t size, struct receipt *r,
    struct fault *f)
{
	struct fault why;
	int result;

	*r = (struct receipt){ 0 };
	result = keys_parse(receipt_keys, LEAST, text, size, r, &why);
	if (result == 0 && is_whole(r))
		result = keys_parse(receipt_keys, COUNT(receipt_keys), text,
		    size, r, &why);
	if (result == 0)
		return 0;
	return fault_set(f, why.status == EXIT_SYSTEM ? EXIT_SYSTEM :
	    EXIT_REFUSED, "no receipt: %s", why.text);
}

int
line_print(char *text, struct fault *f)
{
	struct iovec iov[2] = {
		{ .iov_base = text },
		{ .iov_base = "\n", .iov_len = 1 },
	};
	struct sink out;
	int result;

	if (text == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory for JSON");
	iov[0].iov_len = strlen(text);
	sink_open(&out, STDOUT_FILENO);
	result = sink_write(&out, iov, 2, f);
	free(text);
	return result == -1 ? -1 : sink_close(&out, f);
}

int
receipt_print(const struct receipt *r, struct fault *f)
{
	return line_print(receipt_text(r), f);
}

int
grant_print(const struct grant *g, struct fault *f)
{
	return line_print(keys_print(grant_keys, COUNT(grant_keys), g), f);
}

/* The one line that stdin is.  Its length without the newline, or -1. */
static ssize_t
read_line(char line[LINE_MAX_SIZE], const char *what, struct fault *f)
{
	struct source in;
	size_t size = 0;
	char *end;
	int result;

	if (source_open(&in, STDIN_FILENO, f) == -1)
		return -1;
	result = source_read(&in, line, LINE_MAX_SIZE, &size, f);
	source_close(&in);
	if (result == -1)
		return -1;
	if (size == 0)
		return fault_set(f, EXIT_REFUSED, "no %s: stdin is empty",
		    what);
	end = memchr(line, '\n', size);
	if (end == NULL)
		return fault_set(f, EXIT_REFUSED, "the %s on stdin is cut",
		    what);
	if (end + 1 != line + size)
		return fault_set(f, EXIT_REFUSED, "more than one line on "
		    "stdin: a %s is one", what);
	return end - line;
}

int
receipt_read(struct receipt *r, struct fault *f)
{
	char line[LINE_MAX_SIZE];
	ssize_t size = read_line(line, "receipt", f);

	return size == -1 ? -1 : receipt_parse(line, (size_t)size, r, f);
}

int
grant_read(struct grant *g, struct fault *f)
{
	char line[LINE_MAX_SIZE];
	ssize_t size = read_line(line, "grant", f);
	struct fault why;

	if (size == -1)
		return -1;
	if (keys_parse(grant_keys, COUNT(grant_keys), line, (size_t)size, g,
	    &why) == 0)
		return 0;
	return fault_set(f, why.status == EXIT_SYSTEM ? EXIT_SYSTEM :
	    EXIT_REFUSED, "no grant: %s", why.text);
}
