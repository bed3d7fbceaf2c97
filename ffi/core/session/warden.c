/*
 * The process between supervisor and worker.
 *
 * Whichever process of a session is killed, none may stay. A worker cannot end
 * its own descendants when it is killed, nor can the supervisor; but each of the
 * two has the warden beside it, which outlives them for as long as that takes.
 * Should the warden itself be killed, the supervisor does its work.
 */
#include "session/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/instance.h"
#include "session/reap.h"
#include "session/worker.h"

/* Exit codes above it name the signal that killed the worker, as a shell does. */
enum { KILLED = 128 };

/*
 * warden_fork - fork with a pipe from the child to the parent.
 *
 * As fork(2): 0 in the child, its id in the parent, or -errno; `pipe` is the
 * caller's end.
 */
pid_t warden_fork(struct warden *w, int *pipe)
{
	int pipefd[2];

	if (pipe2(pipefd, O_CLOEXEC) != 0)
		return -errno;
	pid_t pid = fork();
	int ret = pid < 0 ? -errno : pid;

	*pipe = pipefd[pid == 0];
	close(pipefd[pid != 0]);
	if (pid < 0)
		close(*pipe);
	w->pid = pid > 0 ? pid : 0;
	w->cancelled = false;
	return ret;
}

/* The group of the worker, or the worker itself in the moment before it leads one. */
static void kill_worker(pid_t worker)
{
	if (kill(-worker, SIGKILL) != 0)
		kill(worker, SIGKILL);
}

/* Wait until the worker has ended, or kill it when it is to end; its status as waitpid(2) says. */
static int await_worker(pid_t worker, const sigset_t *signals)
{
	int status = 0;

	while (!reap_ended(worker)) {
		siginfo_t info;

		if (sigwaitinfo(signals, &info) == SIGTERM)
			kill_worker(worker);
	}
	/* while it is a zombie its group's number cannot be anybody else's */
	kill_worker(worker);
	waitpid(worker, &status, 0);
	return status;
}

/*
 * warden_main - start the worker and end all that it leaves; does not return.
 *
 * SIGTERM asks for the end; the kernel sends it when the supervisor dies. A
 * tracefs instance goes last: whoever has a file of it open keeps it.
 */
void warden_main(struct request *r, const struct experiment *experiment, int out, pid_t supervisor)
{
	sigset_t signals, before;
	pid_t self = getpid();

	setsid(); /* what kills the controller's group must not reach it */
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, &before);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != supervisor)
		_exit(KILLED + SIGKILL); /* the supervisor died before the line above */
	prctl(PR_SET_NAME, "fencelab-warden");
	reap_adopt();
	pid_t worker = fork();

	if (worker == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		worker_main(r, experiment, out, self);
	}
	/* the pipe ends with the worker; the warden has nothing to say */
	close(out);
	if (worker < 0)
		_exit(2);
	int status = await_worker(worker, &signals);

	reap_all();
	if (WIFSIGNALED(status))
		instance_sweep();
	_exit(WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status));
}

/* warden_stop - end the request's processes at once. */
void warden_stop(const struct warden *w)
{
	if (w->pid > 0)
		kill(w->pid, SIGTERM);
}

/*
 * warden_bury - wait for the end of a request's processes.
 *
 * True when the worker was killed; `code` is then the signal, otherwise its exit
 * status.
 */
bool warden_bury(struct warden *w, int *code)
{
	int status = 0;

	waitpid(w->pid, &status, 0);
	w->pid = 0;
	if (WIFSIGNALED(status)) {
		/* the worker dies with its warden, and what it leaves comes here */
		reap_all();
		instance_sweep();
		*code = WTERMSIG(status);
		return true;
	}
	bool killed = WEXITSTATUS(status) > KILLED;

	*code = WEXITSTATUS(status) - (killed ? KILLED : 0);
	return killed;
}
