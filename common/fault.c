/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "utf8.h"

int
fault_set(struct fault *f, int status, const char *fmt, ...)
{
	va_list ap;

	f->status = status;
	f->hint[0] = '\0';
	va_start(ap, fmt);
	vsnprintf(f->text, sizeof(f->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
fault_hint(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->hint, sizeof(f->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int
fault_within(struct fault *f, const char *what)
{
	char text[FAULT_TEXT_SIZE];

	memcpy(text, f->text, sizeof(text));
	snprintf(f->text, sizeof(f->text), "%.150s: %.240s", what, text);
	return -1;
}

int
fault_foreign(struct fault *f)
{
	f->text[FAULT_TEXT_SIZE - 1] = f->hint[FAULT_TEXT_SIZE - 1] = '\0';
	if (f->status <= EXIT_DONE || f->status > EXIT_REFUSED)
		f->status = EXIT_SYSTEM;
	return -1;
}

bool
fault_erases(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term != NULL &&
	    strcmp(term, "dumb") != 0;
}

static void
print_line(const char *tool, const char *label, const char *text)
{
	char line[FAULT_TEXT_SIZE];

	/* What is left of the line that progress was shown on. */
	if (fault_erases())
		fputs("\033[K", stderr);
	utf8_plain(line, sizeof(line), text);
	fprintf(stderr, "%s: %s%s\n", tool, label, line);
}

void
fault_print(const char *tool, const struct fault *f)
{
	if (f->text[0] != '\0')
		print_line(tool, "", f->text);
	if (f->hint[0] != '\0')
		print_line(tool, "hint: ", f->hint);
}

void
fault_tell(const char *tool, const char *fmt, ...)
{
	char text[FAULT_TEXT_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	print_line(tool, "", text);
}

_Noreturn void
fault_exit(const char *tool, const struct fault *f)
{
	fault_print(tool, f);
	_Exit(f->status);
}
