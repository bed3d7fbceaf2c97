/* The rseq experiment: parameters in, one result out. */
#include "rseq/rseq.h"

#include <errno.h>
#include <stdlib.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/clock.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static void put_turns(struct json *j, const char *key, const struct rseq_turns *turns)
{
	json_object(j, key);
	json_u64(j, "turns", turns->turns);
	json_u64(j, "restarted", turns->restarted);
	json_u64(j, "switched", turns->switched);
	json_object_end(j);
}

static void put_siblings(struct json *j, const struct rseq_setup *setup, const struct rseq_outcome *o)
{
	json_array(j, "siblings");
	for (int i = 0; i < setup->siblings; i++) {
		json_object(j, NULL);
		json_i64(j, "cpu", setup->sibling_cpus[i]);
		put_turns(j, "called", &o->sibling[i].kind[RSEQ_CALLED]);
		put_turns(j, "quiet", &o->sibling[i].kind[RSEQ_QUIET]);
		json_u64(j, "restarts", o->sibling[i].restarts);
		json_object_end(j);
	}
	json_array_end(j);
}

static int send_outcome(int out, const struct rseq_setup *setup, const struct rseq_outcome *o, int error)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "rseq");
	json_string(&j, "technique", setup->technique->id);
	attempt_write(&j, error, o->refused, error ? o->reason : NULL);
	put_siblings(&j, setup, o);
	json_double(&j, "calledSeconds", (double)o->ns[RSEQ_CALLED] / 1e9);
	json_double(&j, "quietSeconds", (double)o->ns[RSEQ_QUIET] / 1e9);
	json_bool(&j, "starved", o->starved);
	json_double(&j, "seconds", o->seconds);
	json_string(&j, "priority", priority_name(o->priority));
	json_i64(&j, "callerCpu", setup->caller_cpu);
	json_i64(&j, "aimedCpu", setup->aim);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

/*
 * rseq_run - request=rseq.
 *
 * technique, caller-cpu, sibling-cpus (each spends its time in restartable
 * sections), aim (the CPU that membarrier-rseq-cpu aims at; the first sibling's),
 * calls, budget-ms, priority (fifo: the best that is allowed, autogroup, none).
 * A technique that cannot run here is an ordinary result, see attempt_write().
 */
int rseq_run(struct request *r, int out)
{
	struct rseq_setup setup = { 0 };
	struct rseq_outcome outcome = { 0 };
	const char *id = request_string(r, "technique", "");
	int cpus[CPU_LIST_MAX];

	setup.technique = technique_find(id);
	setup.caller_cpu = request_cpu(r, "caller-cpu");
	setup.siblings = request_cpus(r, "sibling-cpus", cpus, CPU_LIST_MAX);
	setup.sibling_cpus = cpus;
	setup.calls = request_u64(r, "calls", 1, 1000000000, 20000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	if (setup.siblings == 0)
		request_fail(r, "sibling-cpus names no CPU");
	else
		setup.aim = (int)request_u64(r, "aim", 0, 8191, (uint64_t)cpus[0]);
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", id);
	request_priority(r, &setup.fifo, &setup.autogroup);
	for (int i = 0; i < setup.siblings; i++)
		if (cpus[i] == setup.caller_cpu)
			request_fail(r, "CPU %d is named for the caller and for a sibling", cpus[i]);
	if (request_finish(r))
		return -EINVAL;
	outcome.sibling = calloc((size_t)setup.siblings, sizeof(*outcome.sibling));
	if (!outcome.sibling)
		return -ENOMEM;
	technique_limit(setup.technique, setup.budget_ns);
	int ret = send_outcome(out, &setup, &outcome, rseq_try(&setup, &outcome, out));

	free(outcome.sibling);
	return ret;
}
