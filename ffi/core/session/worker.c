/* A worker: the process in which one request runs. */
#include "session/worker.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "conformance/seccomp.h"
#include "protocol/frame.h"

#define ENTRY(id, name) { id, name##_run },

static const struct experiment experiments[] = { EXPERIMENTS(ENTRY) };

/* experiment_find - the experiment of a request kind; NULL for unknown ones. */
const struct experiment *experiment_find(const char *id)
{
	for (size_t i = 0; i < sizeof(experiments) / sizeof(experiments[0]); i++)
		if (strcmp(experiments[i].id, id) == 0)
			return &experiments[i];
	return NULL;
}

/*
 * Every request may ask to be run under a seccomp filter on membarrier, as in a
 * container: filter=eperm, enosys or kill. Unknown names are bad requests.
 */
static int install_filter(struct request *r)
{
	const char *name = request_string(r, "filter", "none");
	enum membarrier_filter filter;

	if (seccomp_filter_named(name, &filter) != 0) {
		request_fail(r, "filter '%.20s' is none of none, eperm, enosys, kill", name);
		return -EINVAL;
	}
	return seccomp_filter_membarrier(filter);
}

/*
 * worker_main - the whole life of a worker process; does not return.
 *
 * It leads a session of its own, so that its warden can end it with all its
 * children. Its exit status says whether the experiment succeeded.
 */
void worker_main(struct request *r, const struct experiment *experiment, int out, pid_t warden)
{
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != warden)
		_exit(1); /* the warden died before the line above */
	prctl(PR_SET_NAME, "fencelab-worker");
	int ret = install_filter(r);

	if (!ret)
		ret = experiment->run(r, out);
	if (ret && r->error[0])
		frame_send_error(out, "bad-request", "%s: %s", experiment->id, r->error);
	else if (ret)
		frame_send_error(out, "failed", "%s: %s", experiment->id, errno_name(-ret));
	_exit(ret ? 2 : 0);
}
