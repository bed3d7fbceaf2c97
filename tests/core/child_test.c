/* Jobs in processes of their own: answers, deaths, exits. */
#include "check.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "kit/child.h"
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
}
