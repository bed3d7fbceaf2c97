/*
 * Signals that end a session in order.
 *
 * Schedulers end a job by SIGTERM before they kill it: time enough to end the
 * worker and to remove the tracefs instance, which would stay otherwise.
 */
#include "session/stop.h"

#include <sys/signalfd.h>
#include <unistd.h>

/* stop_open - wait for SIGHUP, SIGINT and SIGTERM, except those that are to be ignored. */
void stop_open(struct stop *s)
{
	static const int numbers[] = { SIGHUP, SIGINT, SIGTERM };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction now;

		if (sigaction(numbers[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&set, numbers[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &s->before);
	s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->fd < 0)
		stop_restore(s);
}

/* stop_restore - the mask that the session began with, for a worker. */
void stop_restore(const struct stop *s)
{
	sigprocmask(SIG_SETMASK, &s->before, NULL);
}

void stop_close(struct stop *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	stop_restore(s);
}
