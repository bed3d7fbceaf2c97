/* Runs a function in a forked process and collects what it writes. */
#include "kit/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/clock.h"

enum { DEADLINE_S = 20 };

static void collect(int fd, char *answer, size_t room, struct child_end *end, pid_t child)
{
	uint64_t deadline = now_ns() + DEADLINE_S * NSEC_PER_SEC;

	while (end->length < room) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		if (poll(&wait, 1, 100) == 0) {
			if (now_ns() < deadline)
				continue;
			kill(child, SIGKILL);
			end->late = true;
			break;
		}
		ssize_t n = read(fd, answer + end->length, room - end->length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		end->length += (size_t)n;
	}
}

/*
 * child_run - run job(argument, fd) in a process of its own; what it writes to
 * fd, at most `room` bytes, lands in answer.
 *
 * 0 or -errno if no process could be made. A job that hangs is killed after 20 s.
 */
int child_run(child_job *job, void *argument, void *answer, size_t room, struct child_end *end)
{
	int pipefd[2], status = 0;

	*end = (struct child_end){ .length = 0 };
	if (pipe2(pipefd, O_CLOEXEC) != 0)
		return -errno;
	pid_t child = fork();

	if (child == 0) {
		struct rlimit none = { 0, 0 };

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setrlimit(RLIMIT_CORE, &none); /* dying is part of some jobs */
		close(pipefd[0]);
		job(argument, pipefd[1]);
		_exit(0);
	}
	int ret = child < 0 ? -errno : 0;

	close(pipefd[1]);
	if (!ret)
		collect(pipefd[0], answer, room, end, child);
	close(pipefd[0]);
	if (ret)
		return ret;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	end->status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	return 0;
}
