/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <sodium.h>

#include "io.h"
#include "phrase.h"
#include "progress.h"

/* A line from the descriptor, byte by byte: what follows stays there. */
static int
read_line(int fd, const char *from, char phrase[PHRASE_SIZE],
    struct fault *f)
{
	size_t size = 0;
	ssize_t n;
	char byte;

	while ((n = io_read_file(fd, &byte, 1)) == 1 && byte != '\n') {
		if (byte == '\0')
			return fault_set(f, EXIT_REFUSED, "%s: a passphrase "
			    "with a NUL", from);
		if (size + 1 == PHRASE_SIZE)
			return fault_set(f, EXIT_REFUSED, "%s: a passphrase "
			    "of %u bytes and more", from, PHRASE_SIZE);
		phrase[size++] = byte;
	}
	phrase[size] = '\0';
	if (n == -1)
		return fault_set(f, EXIT_SYSTEM, "%s: %s", from,
		    strerror(errno));
	return 0;
}

/* What a signal has to undo while a passphrase is typed. */
static volatile sig_atomic_t silent_fd = -1;
static struct termios shown;

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
#define SIGNALS	(sizeof(signals) / sizeof(signals[0]))

/* Dies of it, as without a handler, but with the echo back. */
static void
restore_echo(int number)
{
	tcsetattr(silent_fd, TCSANOW, &shown);
	signal(number, SIG_DFL);
	raise(number);
}

/* Without an echo, until speak; *old are the handlers before. */
static void
silence(int fd, const struct termios *before, struct sigaction old[SIGNALS])
{
	struct sigaction restore = { .sa_handler = restore_echo };
	struct termios silent = *before;
	size_t i;

	shown = *before;
	silent_fd = fd;
	for (i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &old[i]);
		if (old[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &restore, NULL);
	}
	silent.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fd, TCSAFLUSH, &silent);
}

static void
speak(int fd, const struct sigaction old[SIGNALS])
{
	size_t i;

	tcsetattr(fd, TCSAFLUSH, &shown);
	for (i = 0; i < SIGNALS; i++)
		sigaction(signals[i], &old[i], NULL);
}

static int
from_terminal(const char *ask, const char *what, char phrase[PHRASE_SIZE],
    struct fault *f)
{
	static const char tty[] = "/dev/tty";
	int fd = open(tty, O_RDWR | O_CLOEXEC), result;
	struct sigaction old[SIGNALS];
	struct termios before;

	if (fd == -1 || tcgetattr(fd, &before) == -1) {
		fault_set(f, EXIT_SYSTEM, "no terminal to ask for the "
		    "passphrase of %s", what);
		if (fd != -1)
			close(fd);
		return fault_hint(f, "--passphrase-file takes it from a "
		    "file");
	}
	/* Silent first: the answer may come as soon as it is asked for. */
	silence(fd, &before, old);
	progress_asks(true);
	dprintf(fd, "%s of %s: ", ask, what);
	result = read_line(fd, tty, phrase, f);
	speak(fd, old);
	dprintf(fd, "\n");
	progress_asks(false);
	close(fd);
	return result;
}

int
phrase_open(const char *path, struct fault *f)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1) {
		fault_set(f, EXIT_SYSTEM, "%s: %s", path, strerror(errno));
	} else if (S_ISREG(st.st_mode) &&
	    (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		fault_set(f, EXIT_REFUSED, "%s: others may read this secret",
		    path);
		fault_hint(f, "chmod 600 %s", path);
	} else {
		return fd;
	}
	if (fd != -1)
		close(fd);
	return -1;
}

int
phrase_get(const char *file, const char *what, char phrase[PHRASE_SIZE],
    struct fault *f)
{
	int fd, result;

	if (file == NULL)
		return from_terminal("Passphrase", what, phrase, f);
	if ((fd = phrase_open(file, f)) == -1)
		return -1;
	result = read_line(fd, file, phrase, f);
	close(fd);
	return result;
}

int
phrase_read(int fd, char phrase[PHRASE_SIZE], struct fault *f)
{
	char name[32];

	snprintf(name, sizeof(name), "descriptor %d", fd);
	return read_line(fd, name, phrase, f);
}

int
phrase_new(const char *what, char phrase[PHRASE_SIZE], struct fault *f)
{
	char again[PHRASE_SIZE];
	bool same;

	if (from_terminal("New passphrase", what, phrase, f) == -1 ||
	    from_terminal("Again: passphrase", what, again, f) == -1)
		return -1;
	same = strcmp(phrase, again) == 0;
	sodium_memzero(again, sizeof(again));
	if (!same)
		return fault_set(f, EXIT_REFUSED, "the two differ");
	return phrase[0] != '\0' ? 0 :
	    fault_set(f, EXIT_REFUSED, "an empty passphrase");
}
