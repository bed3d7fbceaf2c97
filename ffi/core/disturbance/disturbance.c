/* The disturbance experiment's request: parameters in, one result out. */
#include "disturbance/disturbance.h"

#include <errno.h>
#include <stdlib.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static const char *const kins[] = { "same-process", "other-process", "other-process-registered" };
static const char *const works[] = { "wakes", "runs", "sleeps", "calls" };

static void write_each(struct json *j, const char *key, const struct disturbance_side *side)
{
	json_array(j, key);
	for (int i = 0; i < side->blocks; i++)
		json_double(j, NULL, side->each[i]);
	json_array_end(j);
}

static double share(const struct disturbance_side *side)
{
	return side->ns ? (double)side->stolen_ns / (double)side->ns : 0;
}

static void write_side(struct json *j, const char *key, const struct disturbance_side *side,
		       const struct disturbance_setup *setup, bool counted)
{
	json_object(j, key);
	hist_write(j, "ns", &side->hist);
	json_u64(j, "count", side->hist.count);
	write_each(j, "blocks", side);
	if (setup->work == VICTIM_RUNS)
		json_double(j, "stolenShare", share(side));
	else
		json_null(j, "stolenShare");
	if (setup->work == VICTIM_SLEEPS)
		json_u64(j, "woken", side->woken);
	else
		json_null(j, "woken");
	if (counted)
		json_u64(j, "interrupts", side->interrupts);
	else
		json_null(j, "interrupts");
	json_object_end(j);
}

static int send_outcome(int out, const struct disturbance_setup *setup, const struct disturbance_outcome *o)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "technique", setup->technique->id);
	json_string(&j, "victim", kins[setup->kin]);
	json_string(&j, "work", works[setup->work]);
	json_string(&j, "victimPriority", setup->victim_fifo ? "fifo" : "normal");
	json_bool(&j, "occupied", setup->occupied);
	json_i64(&j, "callers", setup->callers);
	json_u64(&j, "rateHz", setup->rate_hz);
	json_cpus(&j, "callerCpus", setup->caller_cpu, setup->callers);
	json_i64(&j, "victimCpu", setup->victim_cpu);
	attempt_write(&j, o->error, o->refused, o->reason);
	json_u64(&j, "ops", o->ops);
	write_side(&j, "quiet", &o->side[0], setup, o->counted);
	write_side(&j, "storm", &o->side[1], setup, o->counted);
	json_double(&j, "seconds", o->seconds);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

/*
 * disturbance_run - request=disturbance.
 *
 * technique, caller-cpus, victim-cpu, victim (same-process, other-process,
 * other-process-registered), work (wakes, runs, sleeps, calls), fifo (1: the
 * victim is SCHED_FIFO), occupied (1: its CPU is busy with its process), rate-hz
 * (0: a storm), budget-ms. What cannot run here is an ordinary result.
 */
int disturbance_run(struct request *r, int out)
{
	struct disturbance_setup setup = { .technique =
						   technique_find(request_string(r, "technique", "")) };
	struct disturbance_outcome *o = calloc(1, sizeof(*o));

	if (!o)
		return -ENOMEM;
	setup.kin = (enum victim_kin)request_choice(r, "victim", kins, 3);
	setup.work = (enum victim_work)request_choice(r, "work", works, 4);
	setup.victim_fifo = request_u64(r, "fifo", 0, 1, 0);
	setup.occupied = request_u64(r, "occupied", 0, 1, 0);
	setup.rate_hz = request_u64(r, "rate-hz", 0, 10000000, 0);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	setup.callers = request_cpus(r, "caller-cpus", setup.caller_cpu, DISTURBANCE_CALLERS);
	setup.victim_cpu = request_cpu(r, "victim-cpu");
	if (setup.callers == 0)
		request_fail(r, "caller-cpus names no CPU");
	for (int i = 0; i < setup.callers; i++)
		if (setup.caller_cpu[i] == setup.victim_cpu)
			request_fail(r, "CPU %d is named for a caller and for the victim",
				     setup.victim_cpu);
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", request_string(r, "technique", ""));
	if (request_finish(r)) {
		free(o);
		return -EINVAL;
	}
	technique_limit(setup.technique, setup.budget_ns);
	disturbance_measure(&setup, o, out);
	int ret = send_outcome(out, &setup, o);

	free(o);
	return ret;
}
