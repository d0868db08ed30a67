/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "format.h"
#include "io.h"
#include "opts.h"
#include "pmap.h"
#include "progress.h"
#include "sandbox.h"
#include "window.h"

void
opts_no_operand(const char *tool, int argc, char *const argv[])
{
	if (optind != argc)
		opts_wrong(tool, "no operand is taken, not '%s': the stream "
		    "comes on stdin", argv[optind]);
}

int
opts_number(const char *text, long min, long max, long *out)
{
	char *end;
	long v;

	if (!isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	v = strtol(text, &end, 10);
	if (errno != 0 || *end != '\0' || v < min || v > max)
		return -1;
	*out = v;
	return 0;
}

unsigned
opts_threads(const char *text)
{
	cpu_set_t set;
	long n;
	int cpus = 1;

	if (opts_number(text, 0, THREADS_MAX, &n) == -1)
		return 0;
	if (n > 0)
		return (unsigned)n;
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		cpus = CPU_COUNT(&set);
	return cpus > (int)THREADS_MAX ? THREADS_MAX : (unsigned)cpus;
}

/* For fopencookie(3): 0 is an error. */
static ssize_t
print(void *unused, const char *text, size_t size)
{
	(void)unused;
	return io_write_file(STDOUT_FILENO, text, size) == -1 ? 0 :
	    (ssize_t)size;
}

static int
end_print(void *unused)
{
	(void)unused;
	return close(STDOUT_FILENO);
}

/* Stdio takes it for an error that a pipe which does not block is full.  With
 * no memory for another one it is left as it is. */
static void
wait_on_stdout(void)
{
	FILE *out = fopencookie(NULL, "w", (cookie_io_functions_t){
	    .write = print, .close = end_print });

	if (out == NULL)
		return;
	if (isatty(STDOUT_FILENO))
		setvbuf(out, NULL, _IOLBF, 0);
	stdout = out;	/* glibc's manual, Standard Streams */
}

void
opts_descriptors(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null",
		    fd == 1 ? O_RDONLY : O_WRONLY) != fd)
			_exit(EXIT_SYSTEM);
	wait_on_stdout();
}

int
opts_printed(int result, struct fault *f)
{
	bool wrong = ferror(stdout) != 0;

	if ((fclose(stdout) == 0 && !wrong) || result == -1)
		return result;
	return fault_set(f, EXIT_SYSTEM, "stdout: %s", strerror(errno));
}

void
opts_no_terminal(const char *tool, int fd)
{
	if (!isatty(fd))
		return;
	fprintf(stderr, "%s: %s is a terminal\n%s: hint: %s\n", tool,
	    fd == 0 ? "stdin" : "stdout", tool, fd == 0 ?
	    "give a stream: | or < FILE" : "send the stream on: | or > FILE");
	exit(EXIT_USAGE);
}

_Noreturn void
opts_wrong(const char *tool, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", tool);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\n%s: hint: %s -h lists the options\n", tool, tool);
	exit(EXIT_USAGE);
}

long
opts_count(const char *tool, const char *option, long min, long max)
{
	long n;

	if (opts_number(optarg, min, max, &n) == -1)
		opts_wrong(tool, "%s takes %ld to %ld", option, min, max);
	return n;
}

/* Takes a unit off the end of the text: how many bits it shifts. */
static unsigned
take_unit(char *text)
{
	static const char units[] = "KMG";
	size_t length = strlen(text);
	const char *unit;

	if (length == 0 || (unit = strchr(units, text[length - 1])) == NULL)
		return 0;
	text[length - 1] = '\0';
	return 10 * (unsigned)(unit - units + 1);
}

/* A size as opts_size takes it: of the largest unit that it is a multiple of. */
static const char *
size_text(uint64_t size, char text[32])
{
	unsigned unit = size == 0 ? 2 : 0;

	while (unit < 3 && size > 0 && size % 1024 == 0) {
		size /= 1024;
		unit++;
	}
	snprintf(text, 32, "%" PRIu64 "%.1s", size, &"\0KMG"[unit]);
	return text;
}

uint64_t
opts_size(const char *tool, const char *option, uint64_t min, uint64_t max,
    uint64_t unit)
{
	char text[32], most[32];
	unsigned shift;
	uint64_t size;
	long n;

	snprintf(text, sizeof(text), "%s", optarg);
	shift = take_unit(text);
	if (strlen(optarg) < sizeof(text) &&
	    opts_number(text, 0, LONG_MAX >> shift, &n) == 0) {
		size = (((uint64_t)n << shift) + unit - 1) / unit;
		if (size >= min && size <= max)
			return size;
	}
	opts_wrong(tool, "%s takes %s to %s, of bytes, K, M or G", option,
	    size_text(min * unit, text), size_text(max * unit, most));
}

uint32_t
opts_memory(const char *tool)
{
	return (uint32_t)opts_size(tool, "-M", 256, WINDOW_MAX, PAGE_SIZE);
}

const char *
opts_file(const char *tool, const char *option)
{
	if (optarg[0] == '\0' || strcmp(optarg, "-") == 0)
		opts_wrong(tool, "%s takes the name of a file, not '%s'",
		    option, optarg);
	return optarg;
}

/* The one form that there is, so that others may come. */
static void
check_json(const char *tool, const char *option)
{
	if (strcmp(optarg, "json") != 0)
		opts_wrong(tool, "%s takes json, not '%s'", option, optarg);
}

/* What getopt_long returned as ':' or '?'. */
static _Noreturn void
unknown(const char *tool, int c, const char *given)
{
	if (c == ':')
		opts_wrong(tool, "%s needs a value", given);
	/* A letter, maybe one of several; or a word with =VALUE. */
	if (optopt != 0 && strchr(given, '=') == NULL)
		opts_wrong(tool, "not understood: -%c", optopt);
	opts_wrong(tool, "not understood: %s", given);
}

/* Exits 0 when what was printed went out, 1 otherwise. */
static _Noreturn void
leave(int printed)
{
	if (printed >= 0 && fflush(stdout) == 0)
		exit(EXIT_DONE);
	perror("stdout");
	exit(EXIT_SYSTEM);
}

void
opts_take(struct opts *o, const char *tool, const char *help,
    const char *examples, int c, const char *given)
{
	switch (c) {
	case 'T':
		if ((o->threads = opts_threads(optarg)) == 0)
			opts_wrong(tool, "-T takes 0 to %u", THREADS_MAX);
		break;
	case 'q':
		o->quiet = true;
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'h':
		leave(fputs(help, stdout));
	case OPTS_EXAMPLES:
		leave(printf("%s\n%s", help, examples));
	case 'V':
		o->version = true;
		break;
	case OPTS_AFTER_END:
		o->pass_after_end = true;
		break;
	case OPTS_PROGRESS:
		check_json(tool, "--progress");
		o->progress = true;
		break;
	case OPTS_STATS:
		check_json(tool, "--stats");
		o->stats = true;
		break;
	default:
		unknown(tool, c, given);
	}
}

void
opts_end(const struct opts *o, const char *tool)
{
	char sandbox[256];

	if (!o->version) {
		progress_begin(tool, o->progress ? PROGRESS_JSON : o->quiet ?
		    PROGRESS_NONE : PROGRESS_SHOWN, o->stats);
		return;
	}
	if (!o->verbose)
		leave(printf("%s %s\n", tool, XENREC_VERSION));
	/* As it prints it is inside. */
	sandbox_try(sandbox, sizeof(sandbox));
	leave(printf("%s %s\nsandbox: %s\n", tool, XENREC_VERSION,
	    sandbox));
}
