/* Jobs in processes of their own: answers, deaths, exits; processes that share memory. */
#include "check.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/child.h"
#include "kit/shared_process.h"
#include "protocol/frame.h"

static void answer(void *argument, int fd)
{
	write_all(fd, argument, strlen(argument));
}

static void die(void *unused, int fd)
{
	(void)unused;
	write_all(fd, "ab", 2);
	kill(getpid(), SIGKILL);
}

static void leave(void *unused, int fd)
{
	(void)unused;
	(void)fd;
	_exit(7);
}

/* Fails all the time, which writes errno, until it is told to end. */
static int fail_often(void *argument)
{
	_Atomic int *turns = argument;

	while (atomic_load(turns) >= 0) {
		close(-1);
		if (atomic_load(turns) >= 0)
			atomic_fetch_add(turns, 1);
	}
	return 9;
}

/* A process that shares memory leaves alone what the C library keeps for the thread that made it. */
static void test_shared_process(void)
{
	struct shared_process process;
	_Atomic int turns = 0;
	int status = 0;

	CHECK(shared_process_start(&process, fail_often, &turns) == 0 && process.pid > 0);
	errno = 0;
	while (atomic_load(&turns) < 1000)
		;
	CHECK(errno == 0);
	atomic_store(&turns, -1000000);
	shared_process_join(&process, &status);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 9);
}

void test_child(void)
{
	char text[8] = "";
	struct child_end end;

	CHECK(child_run(answer, "hello", text, sizeof(text), &end) == 0);
	CHECK(end.length == 5 && memcmp(text, "hello", 5) == 0 && end.signal == 0 && end.status == 0);
	CHECK(child_run(answer, "longer than room", text, sizeof(text), &end) == 0 && end.length == 8);
	CHECK(child_run(die, NULL, text, sizeof(text), &end) == 0);
	CHECK(end.length == 2 && end.signal == SIGKILL);
	CHECK(child_run(leave, NULL, text, sizeof(text), &end) == 0 && end.status == 7);
	test_shared_process();
}
