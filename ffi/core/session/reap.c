/*
 * Ends whatever a request has left running.
 *
 * A process that called setsid(2) is in no group that a kill of the worker's
 * group would reach. But descendants of a subreaper that lose their parent become
 * its children, so those are all that it has to find.
 */
#include "session/reap.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit/clock.h"

/* How long a process is waited for that may not be killed, or keeps forking. */
enum { REAP_MS = 1000 };

/* reap_adopt - from now on orphans among the descendants become children of this process. */
void reap_adopt(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* inherited as ignored, the kernel would reap children unseen */
	signal(SIGCHLD, SIG_DFL);
}

/*
 * reap_ended - has the worker ended? It stays a zombie; others that have are reaped.
 *
 * A traced program may make orphans by the thousand.
 */
bool reap_ended(pid_t worker)
{
	for (;;) {
		siginfo_t info = { .si_pid = 0 };

		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) != 0 || info.si_pid == 0)
			return false;
		if (info.si_pid == worker)
			return true;
		waitpid(info.si_pid, NULL, 0);
	}
}

static pid_t parent_of(const char *pid)
{
	char path[64], text[512];
	int parent = 0;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	char *after = strrchr(text, ')'); /* a name may hold anything */

	if (after)
		sscanf(after + 1, " %*c %d", &parent);
	return parent;
}

/*
 * Only children: their ids stay taken until they are reaped here, while the id
 * of a grandchild may be a stranger's by the time of the kill.
 */
static void kill_children(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    parent_of(entry->d_name) == getpid())
			kill(atoi(entry->d_name), SIGKILL);
	if (proc)
		closedir(proc);
}

/* reap_all - kill and reap children until there are none; gives up after a second. */
void reap_all(void)
{
	uint64_t end = now_ns() + REAP_MS * NSEC_PER_MSEC;

	for (;;) {
		pid_t ended;

		while ((ended = waitpid(-1, NULL, WNOHANG)) > 0)
			;
		if (ended < 0 || now_ns() > end)
			return;
		kill_children();
		sleep_ns(NSEC_PER_MSEC / 10);
	}
}
