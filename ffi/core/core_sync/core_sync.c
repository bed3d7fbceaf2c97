/* The core-sync experiment: parameters in, one result out. */
#include "core_sync/core_sync.h"

#include <errno.h>
#include <string.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/clock.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static int send_outcome(int out, const struct core_sync_setup *setup, const struct core_sync_outcome *o,
			int error)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "core-sync");
	json_string(&j, "technique", setup->technique->id);
	json_string(&j, "order", setup->order == CODE_FIRST ? "code-first" : "publish-first");
	attempt_write(&j, error, o->refused, o->reason);
	json_u64(&j, "calls", o->calls);
	json_u64(&j, "modifications", o->modifications);
	json_u64(&j, "stale", o->stale);
	json_u64(&j, "staleVersions", o->stale_versions);
	json_u64(&j, "staleAfterEnd", o->stale_after_end);
	json_u64(&j, "unknown", o->unknown);
	json_u64(&j, "unseen", o->unseen);
	if (o->load_ns > 0) {
		json_double(&j, "maintenanceNs", o->maintenance_ns);
		json_double(&j, "loadNs", o->load_ns);
	}
	json_bool(&j, "starved", o->starved);
	json_double(&j, "seconds", o->seconds);
	json_string(&j, "priority", priority_name(o->priority));
	json_i64(&j, "callerCpu", setup->caller_cpu);
	json_i64(&j, "siblingCpu", setup->sibling_cpu);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

/*
 * core_sync_run - request=core-sync.
 *
 * technique, order (code-first, publish-first), caller-cpu, sibling-cpu,
 * modifications, budget-ms, priority (fifo: the best that is allowed, autogroup,
 * none). A technique that cannot run here is an ordinary result, see attempt_write().
 */
int core_sync_run(struct request *r, int out)
{
	struct core_sync_setup setup = { .order = CODE_FIRST };
	struct core_sync_outcome outcome;
	const char *id = request_string(r, "technique", "");
	const char *order = request_string(r, "order", "code-first");

	setup.technique = technique_find(id);
	setup.caller_cpu = request_cpu(r, "caller-cpu");
	setup.sibling_cpu = request_cpu(r, "sibling-cpu");
	setup.modifications = request_u64(r, "modifications", 1, 1000000000, 20000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 2000) * NSEC_PER_MSEC;
	if (strcmp(order, "publish-first") == 0)
		setup.order = PUBLISH_FIRST;
	else if (strcmp(order, "code-first") != 0)
		request_fail(r, "order '%.20s' is none of code-first, publish-first", order);
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", id);
	request_priority(r, &setup.fifo, &setup.autogroup);
	if (setup.caller_cpu >= 0 && setup.caller_cpu == setup.sibling_cpu)
		request_fail(r, "CPU %d is named for the caller and for the sibling", setup.caller_cpu);
	if (request_finish(r))
		return -EINVAL;
	technique_limit(setup.technique, setup.budget_ns);
	return send_outcome(out, &setup, &outcome, core_sync_try(&setup, &outcome, out));
}
