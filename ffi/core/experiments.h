/* What every experiment gets, and the list of them. */
#ifndef FENCELAB_EXPERIMENTS_H
#define FENCELAB_EXPERIMENTS_H

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

/*
 * The request that each answers, and its name: NAME_run() is declared here and
 * called by the worker. A new one is a folder, and a line in this list.
 */
#define EXPERIMENTS(EACH)                  \
	EACH("cost", cost)                 \
	EACH("registration", registration) \
	EACH("conformance", conformance)   \
	EACH("probe", probe)               \
	EACH("environment", environment)   \
	EACH("cpus", cpus)                 \
	EACH("capture", capture)           \
	EACH("trace", trace)               \
	EACH("disturbance", disturbance)   \
	EACH("ordering", ordering)         \
	EACH("core-sync", core_sync)       \
	EACH("rseq", rseq)                 \
	EACH("shapes", shapes)             \
	EACH("rcu", rcu)

#define EXPERIMENT_RUN(id, name) int name##_run(struct request *request, int out);
EXPERIMENTS(EXPERIMENT_RUN)

#endif
