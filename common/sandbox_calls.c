/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A list of the system calls that are left.  Every other one kills.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include "sandbox_work.h"

#ifdef SANDBOX

#include <seccomp.h>

/* When a call is on the list: always, or if the sandbox has it. */
enum when { ALWAYS = 0, FORKS = 1, TALKS = 2, LISTENS = 4, MAKES = 8,
    READS = 16, SPILLS = 32, SAYS = 64 };

/* Where only some will do: (argument & mask) == value; no mask is any. */
struct argument {
	unsigned number;
	uint64_t mask, value;
};

struct allowed {
	int      call;
	unsigned when;
	struct argument arguments[2];
};

#define CALL(name)	SCMP_SYS(name), ALWAYS, { { 0 } }
#define IF(when, name)	SCMP_SYS(name), when, { { 0 } }
/* Not F_SETOWN and F_SETSIG, by which others are signalled. */
#define FCNTL(command)	SCMP_SYS(fcntl), ALWAYS, { { 1, UINT32_MAX, command } }
/* Of a new file: nobody else's, and nothing that runs as its owner. */
#define PRIVATE(number)	{ number, UINT32_MAX & ~(uint64_t)S_IRWXU, 0 }
#define NEW		((uint64_t)(O_CREAT | O_EXCL))
#define NAMESPACES	((uint64_t)(CLONE_NEWCGROUP | CLONE_NEWIPC | \
			CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | \
			CLONE_NEWUSER | CLONE_NEWUTS))
#define OPEN_OTHERWISE	((uint64_t)(O_ACCMODE | O_CREAT | O_TRUNC))

static const struct allowed list[] = {
	/* Bytes to and from descriptors. */
	{ CALL(read) }, { CALL(readv) }, { CALL(pread64) },
	{ CALL(write) }, { CALL(writev) }, { CALL(pwrite64) },
	{ CALL(tee) }, { CALL(lseek) }, { CALL(close) }, { CALL(dup) },
	{ CALL(dup2) }, { CALL(dup3) }, { CALL(fstat) },
	{ CALL(poll) }, { CALL(ppoll) },
	{ FCNTL(F_GETFD) }, { FCNTL(F_SETFD) }, { FCNTL(F_GETFL) },
	{ FCNTL(F_SETFL) }, { FCNTL(F_DUPFD_CLOEXEC) }, { FCNTL(F_OFD_SETLK) },
	{ FCNTL(F_GETPIPE_SZ) }, { FCNTL(F_SETPIPE_SZ) },
	{ CALL(ftruncate) }, { CALL(fallocate) }, { CALL(fsync) },
	/* fstat(3), of a descriptor; and isatty(3), what is left in a pipe. */
	{ SCMP_SYS(newfstatat), ALWAYS, {
	    { 3, AT_EMPTY_PATH, AT_EMPTY_PATH } } },
	{ SCMP_SYS(ioctl), ALWAYS, { { 1, UINT32_MAX, TCGETS } } },
	{ SCMP_SYS(ioctl), ALWAYS, { { 1, UINT32_MAX, FIONREAD } } },

	/* Memory, none of which can be run as code. */
	{ CALL(brk) }, { CALL(munmap) }, { CALL(mremap) }, { CALL(madvise) },
	{ SCMP_SYS(mmap), ALWAYS, { { 2, PROT_EXEC, 0 } } },
	{ SCMP_SYS(mprotect), ALWAYS, { { 2, PROT_EXEC, 0 } } },
	{ CALL(mlock) }, { CALL(mlock2) }, { CALL(munlock) },

	/* Threads; clone3, whose arguments cannot be seen, is not there. */
	{ SCMP_SYS(clone), ALWAYS, {
	    { 0, CLONE_THREAD | NAMESPACES, CLONE_THREAD } } },
	{ CALL(set_robust_list) }, { CALL(rseq) }, { CALL(futex) },
	{ CALL(sched_getaffinity) }, { CALL(sched_yield) },
	{ CALL(gettid) }, { CALL(getpid) }, { CALL(exit) },
	{ CALL(exit_group) },

	/* Signals, those to itself too (below), and children's ends. */
	{ CALL(rt_sigaction) }, { CALL(rt_sigprocmask) },
	{ CALL(rt_sigreturn) }, { CALL(restart_syscall) },
	{ CALL(setitimer) }, { CALL(wait4) }, { CALL(waitid) },

	/* Time, and numbers: random ones, and how much memory there is, which
	 * qsort(3) asks. */
	{ CALL(clock_gettime) }, { CALL(clock_nanosleep) },
	{ CALL(nanosleep) }, { CALL(gettimeofday) }, { CALL(time) },
	{ CALL(getrandom) }, { CALL(sysinfo) }, { CALL(getrusage) },

	{ SCMP_SYS(clone), FORKS, { { 0, NAMESPACES, 0 } } },
	{ IF(FORKS, kill) }, { IF(FORKS, getppid) }, { IF(FORKS, pipe2) },
	{ SCMP_SYS(prctl), FORKS, { { 0, UINT32_MAX, PR_SET_PDEATHSIG } } },
	/* And enters a narrower one. */
	{ SCMP_SYS(prctl), FORKS, { { 0, UINT32_MAX, PR_SET_NO_NEW_PRIVS } } },
	{ IF(FORKS, landlock_create_ruleset) },
	{ IF(FORKS, landlock_add_rule) },
	{ IF(FORKS, landlock_restrict_self) }, { IF(FORKS, seccomp) },

	{ IF(SAYS | TALKS, sendmsg) }, { IF(TALKS, sendto) },
	{ IF(TALKS, recvmsg) },
	{ IF(TALKS, recvfrom) }, { IF(TALKS, shutdown) },
	{ IF(LISTENS, accept4) }, { IF(LISTENS, getsockopt) },
	{ IF(LISTENS, geteuid) }, { IF(LISTENS, unlinkat) },

	/* Files that are new, and directories. */
	{ SCMP_SYS(openat), MAKES | SPILLS, {
	    { 2, O_DIRECTORY, O_DIRECTORY }, PRIVATE(3) } },
	{ SCMP_SYS(openat), MAKES | SPILLS, { { 2, NEW, NEW }, PRIVATE(3) } },
	{ IF(MAKES | SPILLS, unlinkat) },
	{ SCMP_SYS(fchmod), MAKES, { PRIVATE(1) } },
	{ SCMP_SYS(mkdirat), MAKES, { PRIVATE(2) } },
	{ IF(MAKES, linkat) }, { IF(MAKES, renameat) },
	{ IF(MAKES, renameat2) }, { IF(MAKES, unlink) },
	{ IF(MAKES, syncfs) },
	{ SCMP_SYS(prlimit64), MAKES, { { 0, UINT64_MAX, 0 } } },
	{ SCMP_SYS(openat), READS, { { 2, OPEN_OTHERWISE, O_RDONLY } } },
	{ IF(MAKES | READS, getdents64) },
	{ IF(MAKES | READS | LISTENS, newfstatat) },
};
#define CALLS	(sizeof(list) / sizeof(list[0]))

static unsigned
wanted(const struct sandbox *s)
{
	return (s->forks ? FORKS : 0) | (s->says ? SAYS : 0) |
	    (s->talks ? TALKS : 0) | (s->listens ? LISTENS : 0) |
	    (s->spills ? SPILLS : 0) |
	    (s->file != NULL && !s->listens ? MAKES : 0) |
	    (s->reads > 0 || s->replaces || s->reopens ? READS : 0);
}

/* 0, or a negative errno. */
static int
add(scmp_filter_ctx c, const struct allowed *a)
{
	struct scmp_arg_cmp args[2];
	unsigned n;

	for (n = 0; n < 2 && a->arguments[n].mask != 0; n++)
		args[n] = (struct scmp_arg_cmp){
			.arg = a->arguments[n].number,
			.op = SCMP_CMP_MASKED_EQ,
			.datum_a = a->arguments[n].mask,
			.datum_b = a->arguments[n].value,
		};
	return seccomp_rule_add_array(c, SCMP_ACT_ALLOW, a->call, n, args);
}

static int
add_all(scmp_filter_ctx c, const struct sandbox *s)
{
	const struct allowed self = { SCMP_SYS(tgkill), ALWAYS, {
	    { 0, UINT32_MAX, (uint32_t)getpid() } } };
	const struct allowed child = { SCMP_SYS(kill), ALWAYS, {
	    { 0, UINT32_MAX, (uint32_t)s->child } } };
	unsigned may = wanted(s);
	int err = 0;
	size_t i;

	for (i = 0; err == 0 && i < CALLS; i++)
		if (list[i].when == ALWAYS || list[i].when & may)
			err = add(c, &list[i]);
	/* Who forks does not know its numbers. */
	if (err == 0)
		err = s->forks ? add(c, &(struct allowed){ CALL(tgkill) }) :
		    add(c, &self);
	if (err == 0 && s->child != 0 && !s->forks)
		err = add(c, &child);
	return err != 0 ? err : seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOSYS),
	    SCMP_SYS(clone3), 0);
}

/* All that comes from fd, less than *size bytes, which becomes how many came.
 * 0, or an errno. */
static int
read_all(int fd, void *to, size_t *size)
{
	size_t room = *size;
	ssize_t n;

	*size = 0;
	while ((n = read(fd, (uint8_t *)to + *size, room - *size)) != 0) {
		if (n == -1 && errno != EINTR)
			return errno;
		*size += n > 0 ? (size_t)n : 0;
		if (*size == room)
			return E2BIG;
	}
	return 0;
}

/* The list as a program of the kernel's, to *program, of *count steps. */
static int
compile(const struct sandbox *s, struct sock_filter *program, size_t *count)
{
	scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
	size_t size = *count * sizeof(*program);
	int ends[2], err = EIO;

	if (c == NULL)
		return ENOSYS;	/* the kernel is too old to kill by it */
	if (pipe2(ends, O_CLOEXEC) == -1) {
		seccomp_release(c);
		return ENOMEM;
	}
	/* As a tree, of calls by number. */
	if (seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
	    seccomp_attr_set(c, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS) == 0)
		err = -add_all(c, s);
	if (err == 0)
		err = -seccomp_export_bpf(c, ends[1]);
	close(ends[1]);
	if (err == 0)
		err = read_all(ends[0], program, &size);
	close(ends[0]);
	seccomp_release(c);
	*count = size / sizeof(*program);
	return err;
}

int
sandbox_calls(const struct sandbox *s)
{
	/*
	 * No call, -1, is let through: by that strace makes one fail without
	 * making it, which is how faults are tested.  libseccomp does not take
	 * it for a number.
	 */
	struct sock_filter program[1024] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	size_t count = 1024 - 3;
	int err = compile(s, program + 3, &count);
	struct sock_fprog whole = {
		.len = (unsigned short)(count + 3), .filter = program,
	};

	if (err != 0)
		return err;
	/* What it does is none of those that look into other's caches. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &whole) == 0)
		return 0;
	return errno;
}

#endif
