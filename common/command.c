/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"

void
command_end_input(struct command *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

/* The environment, with FILE=file; the caller frees it and its first. */
static char **
environment(const char *file)
{
	size_t count = 0, n = 1, i;
	char **env;

	while (environ[count] != NULL)
		count++;
	if ((env = calloc(count + 2, sizeof(*env))) == NULL)
		return NULL;
	if (asprintf(&env[0], "FILE=%s", file) == -1) {
		free(env);
		return NULL;
	}
	for (i = 0; i < count; i++)
		if (strncmp(environ[i], "FILE=", 5) != 0)
			env[n++] = environ[i];
	return env;
}

/* Signals as they were before this process, and its threads, changed them. */
static void
set_signals(posix_spawnattr_t *attr)
{
	sigset_t set;

	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigaddset(&set, SIGPIPE);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setpgroup(attr, 0);
	posix_spawnattr_setflags(attr, POSIX_SPAWN_SETPGROUP |
	    POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* 0, or an error number.  out is -1 where its output is this process'. */
static int
spawn(struct command *c, const char *text, char **env, int in, int out)
{
	char *argv[] = { "sh", "-c", (char *)text, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	int err;

	posix_spawn_file_actions_init(&actions);
	/* Without memory the command would have this process' own. */
	err = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (err == 0 && out != -1)
		err = posix_spawn_file_actions_adddup2(&actions, out,
		    STDOUT_FILENO);
	posix_spawnattr_init(&attr);
	set_signals(&attr);
	if (err == 0)
		err = posix_spawn(&c->pid, "/bin/sh", &actions, &attr, argv,
		    env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	return err;
}

int
command_start(struct command *c, const char *text, const char *file,
    struct fault *f)
{
	char **env = file != NULL ? environment(file) : environ;
	int ends[2], err;

	*c = (struct command){ .fd = -1, .from = -1 };
	if (env == NULL)
		return fault_set(f, EXIT_SYSTEM, "no memory");
	signal(SIGPIPE, SIG_IGN);
	err = pipe2(ends, O_CLOEXEC) == -1 ? errno : 0;
	if (err == 0) {
		err = spawn(c, text, env, ends[0], -1);
		close(ends[0]);
		c->fd = ends[1];
	}
	if (file != NULL) {
		free(env[0]);
		free(env);
	}
	if (err == 0)
		return 0;
	command_end_input(c);
	c->pid = 0;
	return fault_set(f, EXIT_SYSTEM, "cannot start a command: %s",
	    strerror(err));
}

/*
 * Both ways are sockets: a command that splices holds its end of a pipe, and
 * who writes to that waits then, whatever was set.
 */
int
command_talk(struct command *c, const char *text, struct fault *f)
{
	int in[2], out[2], err;

	*c = (struct command){ .fd = -1, .from = -1 };
	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) == -1)
		return fault_set(f, EXIT_SYSTEM, "no socket: %s",
		    strerror(errno));
	c->fd = in[1];
	err = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) == -1 ?
	    errno : 0;
	if (err == 0) {
		c->from = out[0];
		shutdown(c->fd, SHUT_RD);
		shutdown(c->from, SHUT_WR);
		err = spawn(c, text, environ, in[0], out[1]);
		close(out[1]);
	}
	close(in[0]);
	if (err == 0)
		return 0;
	command_close(c);
	c->pid = 0;
	return fault_set(f, EXIT_SYSTEM, "cannot start a command: %s",
	    strerror(err));
}

/* Its status, as waitpid says; 0 when there is none any more. */
static int
await(struct command *c)
{
	int status = 0;

	while (waitpid(c->pid, &status, 0) == -1 && errno == EINTR)
		;
	c->pid = 0;
	return status;
}

static int
not_all_read(const char *file, struct fault *f)
{
	return fault_set(f, EXIT_SYSTEM, "the command%s%.200s did not read "
	    "all of it", file != NULL ? " for " : "", file != NULL ? file : "");
}

/* Another end of its pipe: for looking what is left when it has ended. */
static int
reopen(const struct command *c)
{
	char self[40];

	snprintf(self, sizeof(self), "/proc/self/fd/%d", c->fd);
	return c->fd == -1 ? -1 :
	    open(self, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
}

/* Bytes that it was given and did not read; closes pipe, or -1. */
static int
left_in(int pipe)
{
	int left = 0;

	if (pipe == -1)
		return 0;
	if (ioctl(pipe, FIONREAD, &left) == -1)
		left = 0;
	close(pipe);
	return left;
}

int
command_end(struct command *c, const char *file, struct fault *f)
{
	const char *sep = file != NULL ? " for " : "";
	int status, pipe;

	if (c->pid == 0)
		return 0;
	pipe = reopen(c);
	command_end_input(c);
	status = await(c);
	if (left_in(pipe) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return not_all_read(file, f);
	if (file == NULL)
		file = "";
	if (WIFSIGNALED(status))
		return fault_set(f, EXIT_SYSTEM,
		    "the command%s%.200s was killed by signal %d", sep, file,
		    WTERMSIG(status));
	if (WEXITSTATUS(status) != 0)
		return fault_set(f, EXIT_SYSTEM,
		    "the command%s%.200s exited with %d", sep, file,
		    WEXITSTATUS(status));
	return 0;
}

int
command_blame(struct command *c, const char *file, struct fault *f)
{
	struct pollfd p = { .fd = c->fd };

	if (c->pid == 0 || poll(&p, 1, 0) != 1 || !(p.revents & POLLERR))
		return -1;
	return command_end(c, file, f) == -1 ? -1 : not_all_read(file, f);
}

void
command_signal(const struct command *c)
{
	if (c->pid > 0)
		kill(-c->pid, SIGTERM);
}

void
command_abort(struct command *c)
{
	if (c->pid == 0)
		return;
	command_signal(c);
	command_end_input(c);
	await(c);
}

bool
command_over(struct command *c, int *status)
{
	pid_t pid;

	*status = 0;
	if (c->pid == 0)
		return true;
	while ((pid = waitpid(c->pid, status, WNOHANG)) == -1 &&
	    errno == EINTR)
		;
	if (pid == 0)
		return false;
	c->pid = 0;
	return true;
}

void
command_kill(const struct command *c, int number)
{
	if (c->pid <= 0)
		return;
	kill(-c->pid, number);
	kill(-c->pid, SIGCONT);
}

void
command_close(struct command *c)
{
	command_end_input(c);
	if (c->from != -1)
		close(c->from);
	c->from = -1;
}
