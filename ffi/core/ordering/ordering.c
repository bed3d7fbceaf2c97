/* The ordering experiment's requests: parameters in, raw counts out. Verdicts are the controller's. */
#include "ordering/ordering.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static const char *const shapes[] = { "sb", "mp" };
static const char *const relations[] = { "thread", "process", "process-registered", "shared-mm" };
static const char *const habits[] = { "spin", "sleep", "switch", "exit" };

#define NAMED(r, key, names) request_choice(r, key, names, sizeof(names) / sizeof((names)[0]))

static void read_cpus(struct request *r, struct sb_setup *sb)
{
	sb->heavy_cpu = request_cpu(r, "caller-cpu");
	sb->light_cpu = request_cpu(r, "sibling-cpu");
	if (sb->heavy_cpu == sb->light_cpu)
		request_fail(r, "CPU %d is named for both sides", sb->heavy_cpu);
}

static void write_period(struct json *j, const struct sb_count *c)
{
	if (c->light_turns)
		json_double(j, "lightPeriodNs", (double)c->ns / (double)c->light_turns);
	else
		json_null(j, "lightPeriodNs");
}

static void write_count(struct json *j, const char *key, const struct sb_count *c)
{
	json_object(j, key);
	json_u64(j, "iterations", c->iterations);
	json_u64(j, "weak", c->weak);
	json_u64(j, "missed", c->missed);
	write_period(j, c);
	json_object_end(j);
}

static void write_clog(struct json *j, const char *key, struct clog clog)
{
	json_object(j, key);
	json_string(j, "kind", clog_name(clog.kind));
	json_u64(j, "count", clog.count);
	json_object_end(j);
}

static void write_share(struct json *j, const char *key, int hits, int samples)
{
	if (samples == 0) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_i64(j, "hits", hits);
	json_i64(j, "samples", samples);
	json_object_end(j);
}

static void write_ns(struct json *j, const char *key, double ns)
{
	if (ns < 0)
		json_null(j, key);
	else
		json_double(j, key, ns);
}

static void write_calibration(struct json *j, const struct clog_calibration *c)
{
	json_object(j, "calibration");
	json_u64(j, "delayNs", c->delay_ns);
	json_array(j, "trials");
	for (int i = 0; i < c->trials; i++) {
		json_object(j, NULL);
		json_string(j, "kind", clog_name(c->trial[i].clog.kind));
		json_u64(j, "count", c->trial[i].clog.count);
		json_u64(j, "iterations", c->trial[i].count.iterations);
		json_u64(j, "weak", c->trial[i].count.weak);
		write_period(j, &c->trial[i].count);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

static int send_outcome(int out, const struct ordering_setup *setup, const struct ordering_outcome *o,
			const char *light)
{
	const bool counted = o->plan.source == COUNT_PERF && setup->sb.habit != SB_EXIT &&
			     o->technique.iterations > 0;
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "technique", setup->technique->id);
	json_string(&j, "shape", shapes[setup->sb.shape]);
	json_string(&j, "relation", relations[setup->sb.relation]);
	json_string(&j, "habit", habits[setup->sb.habit]);
	json_string(&j, "light", light);
	json_i64(&j, "callerCpu", setup->sb.heavy_cpu);
	json_i64(&j, "siblingCpu", setup->sb.light_cpu);
	json_bool(&j, "available", !o->error);
	json_string(&j, "reason", o->reason[0] ? o->reason : NULL);
	json_errno(&j, "errno", o->error);
	json_bool(&j, "starved", o->starved);
	write_count(&j, "counts", &o->technique);
	write_count(&j, "delay", &o->delay);
	write_clog(&j, "clog", o->calibration.clog);
	write_calibration(&j, &o->calibration);
	write_ns(&j, "costNs", o->cost_ns);
	write_ns(&j, "costAfterNs", o->cost_after_ns);
	write_ns(&j, "cloggedNs", o->clogged_ns);
	if (counted)
		json_double(&j, "interruptsPerOp",
			    (double)o->interrupts /
				    (double)(o->technique.iterations + o->technique.missed));
	else
		json_null(&j, "interruptsPerOp");
	json_u64(&j, "preempted", o->involuntary);
	json_string(&j, "witnessBy", ARCH_WITNESS);
	write_share(&j, "witness", o->witnessed, o->witness_samples);
	write_share(&j, "background", o->background, o->background_samples);
	json_string(&j, "priority", priority_name(o->priority));
	json_double(&j, "seconds", o->seconds);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

/*
 * ordering_run - request=ordering.
 *
 * technique, caller-cpu, sibling-cpu, shape (sb, mp), relation (thread, process,
 * process-registered, shared-mm), habit (spin, sleep, switch, exit), light
 * (barrier, fence, or a technique that the light side calls), iterations,
 * budget-ms, delay-ns (of `delay` and mutant-noop). A technique that cannot run here is an ordinary result.
 */
int ordering_run(struct request *r, int out)
{
	struct ordering_setup setup = { .technique = technique_find(request_string(r, "technique", "")) };
	const char *light = request_string(r, "light", "barrier");
	struct ordering_outcome *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	setup.sb.shape = (enum sb_shape)NAMED(r, "shape", shapes);
	setup.sb.relation = (enum sb_relation)NAMED(r, "relation", relations);
	setup.sb.habit = (enum sb_habit)NAMED(r, "habit", habits);
	setup.delay_ns = request_u64(r, "delay-ns", 0, NSEC_PER_SEC, 10000);
	setup.iterations = request_u64(r, "iterations", 1, 100000000, 20000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 5000) * NSEC_PER_MSEC;
	read_cpus(r, &setup.sb);
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", request_string(r, "technique", ""));
	if (strcmp(light, "fence") == 0)
		setup.sb.light = SB_FENCE;
	else if (strcmp(light, "barrier") != 0)
		setup.sb.light = SB_CALL;
	if (setup.sb.light == SB_CALL) {
		setup.light = technique_find(light);
		if (!setup.light)
			request_fail(r, "light '%.60s' is neither barrier, fence nor a technique", light);
	}
	if (setup.sb.habit == SB_EXIT && setup.sb.relation != SB_THREAD)
		request_fail(r, "habit exit is for relation thread");
	if (setup.sb.shape == SB_MESSAGE_PASSING && setup.sb.light != SB_BARRIER)
		request_fail(r, "shape mp knows light barrier only");
	if (request_finish(r)) {
		free(o);
		return -EINVAL;
	}
	technique_limit(setup.technique, setup.budget_ns);
	ordering_measure(&setup, o, out);
	int ret = send_outcome(out, &setup, o, light);

	free(o);
	return ret;
}
