/* Exported functions: sessions in a forked process, membarrier and fences in this one. */
#include "session/door.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/frame.h"
#include "session/session.h"
#include "technique/technique.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { END_MS = 2000, SESSION_FD = 3 };

/* Descriptors and signal handlers of the embedding program are none of the child's business. */
static void forget_parent(int socket)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
	}
	dup2(socket, SESSION_FD);
	if (syscall(SYS_close_range, SESSION_FD + 1, ~0u, 0) != 0) {
		long top = sysconf(_SC_OPEN_MAX); /* before 5.9 */

		for (int fd = SESSION_FD + 1; fd < top; fd++)
			close(fd);
	}
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Ctrl-C is the controller's to handle; it then closes the session */
	signal(SIGINT, SIG_IGN);
}

/*
 * fencelab_open - start a session in a forked process.
 *
 * A fork, because the measured process must not be one with dozens of threads of
 * its own: each would be one more target. Writes {descriptor, process id}.
 */
int32_t fencelab_open(int32_t *fd_and_pid)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return -errno;
	pid_t child = fork();

	if (child < 0) {
		int ret = -errno;

		close(pair[0]);
		close(pair[1]);
		return ret;
	}
	if (child == 0) {
		/* no death signal: the socket's end tells as well, and leaves time to clean up */
		prctl(PR_SET_NAME, "fencelab");
		forget_parent(pair[1]);
		_exit(session_serve(SESSION_FD, SESSION_FD, "ffi") ? 1 : 0);
	}
	close(pair[1]);
	fd_and_pid[0] = pair[0];
	fd_and_pid[1] = child;
	return 0;
}

/* fencelab_read - wait for frames; number of bytes, 0 at the session's end. */
int32_t fencelab_read(int32_t fd, uint8_t *bytes, size_t room)
{
	for (;;) {
		ssize_t n = recv(fd, bytes, room > INT32_MAX ? INT32_MAX : room, 0);

		if (n >= 0)
			return (int32_t)n;
		if (errno != EINTR)
			return -errno;
	}
}

/* fencelab_write - send requests; 0 or -errno (EPIPE: the session has ended). */
int32_t fencelab_write(int32_t fd, const uint8_t *bytes, size_t length)
{
	while (length > 0) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			bytes += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* fencelab_shutdown - end the session; a read that waits returns 0. */
int32_t fencelab_shutdown(int32_t fd)
{
	return shutdown(fd, SHUT_RDWR) ? -errno : 0;
}

/* fencelab_close - close the descriptor and reap the process, which is killed if it lingers. */
int32_t fencelab_close(int32_t fd, int32_t pid)
{
	close(fd);
	for (int waited = 0; waited < END_MS; waited++) {
		pid_t ended = waitpid(pid, NULL, WNOHANG);

		if (ended == pid || (ended < 0 && errno == ECHILD))
			return 0;
		sleep_ns(NSEC_PER_MSEC);
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return -ETIMEDOUT;
}

/* fencelab_membarrier - membarrier(2) in the embedding process. */
int64_t fencelab_membarrier(int32_t command, uint32_t flags, int32_t cpu)
{
	return sys_membarrier(command, flags, cpu);
}

/*
 * fencelab_fence_open - a technique for use in the embedding process.
 *
 * NULL on failure, then `reason` (NUL-terminated, of `room` bytes) says why.
 */
void *fencelab_fence_open(const uint8_t *id, int32_t cpu, uint8_t *reason, size_t room)
{
	const struct technique *technique = technique_find((const char *)id);
	struct fence *fence = malloc(sizeof(*fence));

	if (!technique || !fence) {
		snprintf((char *)reason, room, "%s", fence ? "the technique is not known" : "no memory");
		free(fence);
		return NULL;
	}
	if (fence_open(fence, technique, cpu, 0) != 0) {
		snprintf((char *)reason, room, "%s", fence->reason);
		free(fence);
		return NULL;
	}
	fence->targets_all = true;
	return fence;
}

/* fencelab_fence_heavy - prepare and execute the heavy side once; 0 or -errno. */
int32_t fencelab_fence_heavy(void *pointer)
{
	struct fence *fence = pointer;
	int ret = fence->technique->prepare ? fence->technique->prepare(fence) : 0;

	return ret ? ret : fence->technique->heavy(fence);
}

void fencelab_fence_close(void *pointer)
{
	fence_close(pointer);
	free(pointer);
}

/* fencelab_full_fence - the fence for both sides where no technique is sound. */
void fencelab_full_fence(void)
{
	/* pairs with the same call on the other side */
	arch_full_fence();
}
