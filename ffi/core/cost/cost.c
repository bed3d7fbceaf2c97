/* The cost experiment: parameters in, one result out. */
#include "cost/cost.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum { MAX_CPUS = 1024 };

static void write_interrupts(struct json *j, const struct cost_outcome *o)
{
	if (o->count.source == COUNT_NONE || o->counted_ops == 0) {
		json_null(j, "ipisPerOp");
		return;
	}
	json_object(j, "ipisPerOp");
	json_double(j, "value", (double)o->interrupts / (double)o->counted_ops);
	json_string(j, "source", count_source_name(o->count.source));
	json_u64(j, "ops", o->counted_ops);
	json_u64(j, "interrupts", o->interrupts);
	json_object_end(j);
}

static void write_drops(struct json *j, const struct cost_drops *d)
{
	json_u64(j, "dropped", d->before + d->after + d->preempted + d->caller_preempted + d->failed);
	json_object(j, "droppedWhy");
	json_u64(j, "beforeNotRunning", d->before);
	json_u64(j, "afterNotRunning", d->after);
	json_u64(j, "preempted", d->preempted);
	json_u64(j, "callerPreempted", d->caller_preempted);
	json_u64(j, "failed", d->failed);
	json_object_end(j);
}

static int send_outcome(int out, const struct cost_setup *setup, const struct cost_outcome *o,
			const char *placement, int error)
{
	struct json j;
	int ret = 0;

	if (!error)
		ret = hist_send(out, &o->hist);
	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "cost");
	json_string(&j, "technique", setup->technique->id);
	json_i64(&j, "siblings", setup->siblings);
	json_i64(&j, "callers", setup->callers);
	json_string(&j, "placement", placement);
	json_cpus(&j, "callerCpus", setup->caller_cpus, setup->callers);
	json_cpus(&j, "siblingCpus", setup->sibling_cpus, setup->siblings);
	attempt_write(&j, error, o->refused, o->reason);
	json_null(&j, "registerNs");
	json_u64(&j, "count", error ? 0 : o->hist.count);
	write_drops(&j, &o->drops);
	json_u64(&j, "calls", o->calls);
	answers_write(&j, "failures", &o->failures);
	json_u64(&j, "opsPerSample", o->ops_per_sample ? o->ops_per_sample : 1);
	if (error) {
		json_null(&j, "ns");
		json_null(&j, "ipisPerOp");
	} else {
		hist_write(&j, "ns", &o->hist);
		write_interrupts(&j, o);
	}
	json_string(&j, "priority", priority_name(o->priority));
	json_object(&j, "clock");
	json_double(&j, "readNs", o->clock.read_ns);
	json_u64(&j, "stepNs", o->clock.step_ns);
	json_object_end(&j);
	json_double(&j, "seconds", o->seconds);
	json_object_end(&j);
	int sent = frame_send_json(out, FRAME_RESULT, &j);

	return ret ? ret : sent;
}

/* Two threads of the crew on one CPU would wait for each other. */
static void check_distinct(struct request *r, const struct cost_setup *setup)
{
	for (int i = 0; i < setup->callers; i++)
		for (int k = 0; k < setup->siblings; k++)
			if (setup->caller_cpus[i] == setup->sibling_cpus[k])
				request_fail(r, "CPU %d is named for a caller and for a sibling",
					     setup->caller_cpus[i]);
}

/*
 * cost_run - request=cost.
 *
 * technique, caller-cpus, sibling-cpus, samples, budget-ms, delay-ns, placement
 * (a label), priority (fifo: the best that is allowed, autogroup, none), count (perf, proc).
 * A technique that cannot run here is an ordinary result, see attempt_write().
 */
int cost_run(struct request *r, int out)
{
	int callers[MAX_CPUS], siblings[MAX_CPUS];
	struct cost_setup setup = { .caller_cpus = callers, .sibling_cpus = siblings };
	const char *id = request_string(r, "technique", "");
	const char *placement = request_string(r, "placement", "none");
	const char *count = request_string(r, "count", "perf");

	setup.technique = technique_find(id);
	setup.callers = request_cpus(r, "caller-cpus", callers, MAX_CPUS);
	setup.siblings = request_cpus(r, "sibling-cpus", siblings, MAX_CPUS);
	setup.samples = request_u64(r, "samples", 1, 1000000000, 20000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	setup.delay_ns = request_u64(r, "delay-ns", 0, NSEC_PER_SEC, 10000);
	setup.perf = strcmp(count, "perf") == 0;
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", id);
	if (setup.callers == 0)
		request_fail(r, "caller-cpus names no CPU");
	request_priority(r, &setup.fifo, &setup.autogroup);
	if (!setup.perf && strcmp(count, "proc") != 0)
		request_fail(r, "count '%.20s' is none of perf, proc", count);
	check_distinct(r, &setup);
	if (request_finish(r))
		return -EINVAL;

	technique_limit(setup.technique, setup.budget_ns);
	struct cost_outcome *outcome = malloc(sizeof(*outcome));

	if (!outcome)
		return -ENOMEM;
	int error = cost_measure(&setup, outcome, out);
	int ret = send_outcome(out, &setup, outcome, placement, error);

	free(outcome);
	return ret;
}
