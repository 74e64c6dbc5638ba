/* Runs work on untrusted bytes in a child process with limits, and reads its answer. */
#include "system/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* AddressSanitizer maps terabytes of shadow memory, and reports on stderr. */
#if defined(__SANITIZE_ADDRESS__)
#define UNDER_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNDER_ASAN 1
#endif
#endif
#ifndef UNDER_ASAN
#define UNDER_ASAN 0
#endif

/* ---- the child ---- */

/* Bytes of address space that this process has; 0 where unknown. */
static size_t
address_space(void)
{
	char text[64] = "", *end = text;
	int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	unsigned long pages;

	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof text - 1) < 0)
		text[0] = '\0';
	(void)close(fd);
	pages = strtoul(text, &end, 10);
	return *end == ' ' ? pages * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static bool
lower_rlimit(__rlimit_resource_t what, rlim_t n)
{
	struct rlimit limit = {n, n}, now;

	if (getrlimit(what, &now) == 0 && now.rlim_max < n)
		limit = (struct rlimit){now.rlim_max, now.rlim_max};
	return setrlimit(what, &limit) == 0;
}

/* Closes all descriptors but `out`; stderr stays open for a sanitizer. */
static bool
close_descriptors(int out)
{
	unsigned from = UNDER_ASAN ? 3 : 0;

	(void)close(0);
	(void)close(1);
	if (out > (int)from && close_range(from, (unsigned)out - 1, 0) != 0)
		return false;
	return close_range((unsigned)out + 1, ~0u, 0) == 0;
}

static bool
apply_limits(const struct sandbox_limits *limits, int out)
{
	size_t space = address_space();

	if (!UNDER_ASAN &&
	    (prctl(PR_SET_DUMPABLE, 0) != 0 || (space > 0 && !lower_rlimit(RLIMIT_AS, space + limits->memory))))
		return false;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    !lower_rlimit(RLIMIT_CPU, limits->cpu_s) || !lower_rlimit(RLIMIT_CORE, 0) ||
	    !lower_rlimit(RLIMIT_FSIZE, 0) || !lower_rlimit(RLIMIT_NPROC, 0) || !close_descriptors(out))
		return false;
	/* Fails under Valgrind only. */
	(void)lower_rlimit(RLIMIT_NOFILE, UNDER_ASAN ? 8 : 0);
	return true;
}

enum { CHILD_DONE, CHILD_UNCONFINED, CHILD_NO_MEMORY, CHILD_UNHEARD };

/* The child: it never returns into the code of the parent. */
static _Noreturn void
run_confined(const struct sandbox_limits *limits, int (*work)(void *ctx, struct buf *out), void *ctx, int fd)
{
	struct buf out;

	if (!apply_limits(limits, fd))
		_exit(CHILD_UNCONFINED);
	buf_init(&out, limits->max_bytes);
	if (work(ctx, &out) != 0 || out.failed)
		_exit(CHILD_NO_MEMORY);
	for (size_t done = 0; done < out.len;) {
		ssize_t n = write(fd, out.data + done, out.len - done);

		if (n < 0 && errno != EINTR)
			_exit(CHILD_UNHEARD);
		done += n > 0 ? (size_t)n : 0;
	}
	_exit(CHILD_DONE);
}

/* ---- the parent ---- */

static int64_t
monotonic_ms(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Reads until the child closes its end.  False where its time is over first, or the answer is too long. */
static bool
read_answer(int fd, int64_t until, struct buf *answer)
{
	char bytes[65536];

	for (;;) {
		struct pollfd ready = {.fd = fd, .events = POLLIN};
		int64_t left = until - monotonic_ms();
		int n = left <= 0 ? 0 : poll(&ready, 1, (int)left);
		ssize_t got;

		if (n == 0)
			return false;
		if (n < 0 && errno == EINTR)
			continue;
		got = read(fd, bytes, sizeof bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		buf_put(answer, bytes, (size_t)got);
		if (answer->failed)
			return false;
	}
}

/* 0 where the child ended well, else the error.  `status` is -1 where its exit status cannot be known. */
static int
child_result(bool in_time, const struct buf *answer, int status, struct err *err)
{
	if (answer->failed)
		return err_set(err, ERR_REFUSED, N_("reading it takes too much memory"));
	if (!in_time ||
	    (status != -1 && WIFSIGNALED(status) && (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL)))
		return err_set(err, ERR_REFUSED, N_("reading it takes too long"));
	if (status == -1 || (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_DONE))
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_NO_MEMORY)
		return err_set(err, ERR_REFUSED, N_("reading it takes too much memory"));
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_UNCONFINED)
		return err_set(err, ERR_OUTSIDE, N_("a process cannot be given limits"));
	return err_set(err, ERR_REFUSED, N_("the reader broke off (%d)"),
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

/* Forks with all signals blocked.  They stay blocked in the child, so that the parent's handlers never run in it. */
static pid_t
fork_blocked(void)
{
	sigset_t all, before;
	pid_t child;

	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	child = fork();
	if (child != 0)
		(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return child;
}

int
sandbox_run(const struct sandbox_limits *limits, int (*work)(void *ctx, struct buf *out), void *ctx, struct buf *answer,
    struct err *err)
{
	int64_t until = monotonic_ms() + limits->wall_ms;
	int ends[2], status = -1;
	bool in_time;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return err_set(err, ERR_OUTSIDE, N_("a process cannot be started: %s"), strerror(errno));
	child = fork_blocked();
	if (child == 0)
		run_confined(limits, work, ctx, ends[1]);
	if (child < 0)
		(void)err_set(err, ERR_OUTSIDE, N_("a process cannot be started: %s"), strerror(errno));
	(void)close(ends[1]);
	if (child < 0) {
		(void)close(ends[0]);
		return ERR_OUTSIDE;
	}
	in_time = read_answer(ends[0], until, answer);
	(void)close(ends[0]);
	if (!in_time)
		(void)kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR) {
			status = -1; /* SIGCHLD is ignored here: only the answer tells */
			break;
		}
	}
	return child_result(in_time, answer, status, err);
}
