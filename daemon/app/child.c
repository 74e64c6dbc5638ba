/* Forks a process that works for the loop and reports over a pipe. */

#include "app/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static void
run_child(int (*work)(const void *task, int pipe), const void *task, int pipe, pid_t parent)
{
	sigset_t none;

	/* The child drops the loop's signal handlers and mask, and dies with the loop. */
	(void)sigemptyset(&none);
	for (int sig = 1; sig < 32; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			(void)signal(sig, SIG_DFL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(getppid() != parent ? 3 : work(task, pipe));
}

pid_t
child_begin(int (*work)(const void *task, int pipe), const void *task, int *ret_pipe)
{
	pid_t parent = getpid(), pid;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -1;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)close(ends[0]);
		run_child(work, task, ends[1], parent);
	}
	(void)close(ends[1]);
	if (pid < 0)
		(void)close(ends[0]);
	else
		*ret_pipe = ends[0];
	return pid;
}
