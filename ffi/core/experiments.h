/* What every experiment gets, and the list of them. */
#ifndef FENCELAB_EXPERIMENT_H
#define FENCELAB_EXPERIMENT_H

#include "protocol/request.h"

/*
 * An experiment reads its parameters from the request (and ends by
 * request_finish()), sends results and progress to `out` and returns 0; -EINVAL
 * with request->error set, or another -errno, when it cannot run. It runs in a
 * process of its own that leads a session, so it need not clean up threads,
 * priorities or filters of that process.
 */
struct experiment {
	const char *id;
	int (*run)(struct request *request, int out);
};

int cost_run(struct request *request, int out);
int registration_run(struct request *request, int out);
int conformance_run(struct request *request, int out);
int probe_run(struct request *request, int out);
int environment_run(struct request *request, int out);
int capture_run(struct request *request, int out);
int trace_run(struct request *request, int out);
int disturbance_run(struct request *request, int out);
int ordering_run(struct request *request, int out);
int core_sync_run(struct request *request, int out);
int shapes_run(struct request *request, int out);
int rcu_run(struct request *request, int out);

#endif
