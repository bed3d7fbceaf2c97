/*
 * The measured loop of the cost experiment.
 *
 * Samples are taken in batches. A sample is kept only if every sibling made
 * progress right before and right after it and no thread of the crew was
 * switched out anywhere in its batch: PRIVATE_EXPEDITED costs 150 ns or 15 us
 * depending on whether the sibling is on its CPU (kernel/sched/membarrier.c skips
 * CPUs that run others), and without that proof one would measure the scheduler.
 */
#include "cost/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum {
	GROUP_NS = 2000, /* operations cheaper than half of this share one reading of the clock */
	GROUP_MAX = 4096,
	PROGRESS_NS = 250 * 1000 * 1000,
};

/* Have all callers go through one stage; 0 or the first caller's -errno. */
static int leader_stage(struct session *s, uint32_t number)
{
	int ret;

	/* pairs with the acquire load in caller_main() */
	atomic_store_explicit(&s->go, number, memory_order_release);
	caller_stage(s, &s->caller[0], number);
	ret = s->caller[0].error;
	for (int i = 1; i < s->setup->callers; i++) {
		int other = caller_await(&s->caller[i], number);

		ret = ret ? ret : other;
	}
	return ret;
}

static int leader_batch(struct session *s)
{
	int ret = 0;

	s->number = s->number > UINT32_MAX / 2 ? STAGES : s->number + STAGES;
	for (uint32_t stage = 0; stage < STAGES && !ret; stage++)
		ret = leader_stage(s, s->number + stage);
	return ret;
}

/* Interrupts that count: those of siblings and, since callers are siblings of each other, of callers. */
static uint64_t batch_interrupts(const struct session *s, const struct tally *before,
				 const struct tally *after)
{
	uint64_t interrupts = after->interrupts - before->interrupts;

	if (s->setup->callers > 1 || s->crew.siblings == 0)
		for (int i = 0; i < s->setup->callers; i++)
			interrupts += s->caller[i].after.interrupts - s->caller[i].before.interrupts;
	return interrupts;
}

static void add_sample(struct session *s, uint64_t ns)
{
	double net = (double)ns - s->outcome->clock.read_ns;

	hist_add(&s->outcome->hist, net <= 0 ? 0 : (uint64_t)(net * 1000 / (double)s->group + 0.5));
}

/* Take over one batch: keep its samples, or drop them for a switched-out thread. */
static void collect(struct session *s, uint64_t involuntary, uint64_t interrupts)
{
	struct cost_outcome *outcome = s->outcome;
	bool preempts = s->setup->technique->flags & TECHNIQUE_PREEMPTS;
	bool clean = true, caller_switched = false;
	uint64_t kept = 0;

	for (int i = 0; i < s->setup->callers; i++) {
		const struct caller *c = &s->caller[i];

		caller_switched |= !preempts && c->after.involuntary != c->before.involuntary;
		for (int k = 0; k < s->batch; k++)
			kept += c->sample[k] != DROPPED;
	}
	if (caller_switched || (involuntary && !preempts)) {
		*(caller_switched ? &outcome->drops.caller_preempted : &outcome->drops.preempted) += kept;
		return;
	}
	for (int i = 0; i < s->setup->callers; i++)
		for (int k = 0; k < s->batch; k++) {
			if (s->caller[i].sample[k] == DROPPED)
				clean = false;
			else
				add_sample(s, s->caller[i].sample[k]);
		}
	if (clean) {
		outcome->counted_ops += (uint64_t)s->setup->callers * (uint64_t)s->batch * s->group;
		outcome->interrupts += interrupts;
	}
}

/* /proc/interrupts of all CPUs of the measurement; 0 where it cannot be read. */
static uint64_t proc_total(const struct session *s)
{
	uint64_t callers = 0, siblings = 0;

	count_proc_interrupts(s->setup->sibling_cpus, s->setup->siblings, &siblings);
	if (s->setup->callers > 1 || s->setup->siblings == 0)
		count_proc_interrupts(s->setup->caller_cpus, s->setup->callers, &callers);
	return callers + siblings;
}

static int measured_batch(struct session *s)
{
	struct tally before, after;
	bool proc = s->outcome->count.source == COUNT_PROC;
	int ret = crew_order(&s->crew, CREW_REPORT);

	if (ret)
		return ret;
	crew_tally(&s->crew, &before);
	uint64_t start = proc ? proc_total(s) : 0;

	ret = leader_batch(s);
	if (!ret)
		ret = crew_order(&s->crew, CREW_REPORT);
	if (ret)
		return ret;
	crew_tally(&s->crew, &after);
	collect(s, after.involuntary - before.involuntary,
		proc ? proc_total(s) - start : batch_interrupts(s, &before, &after));
	return 0;
}

/*
 * calibrate - choose how many operations share a reading of the clock, and how
 * many samples a batch holds, from a short unmeasured run (which is also the warm-up).
 *
 * 0, or the -errno of a technique whose calls all fail. Where some do, they stay counted.
 */
static int calibrate(struct session *s)
{
	struct caller *me = &s->caller[0];
	uint64_t spent = 0, ops = 0;
	uint64_t ns;

	s->group = 1;
	for (int i = 0; i < 64 && spent < 20 * NSEC_PER_MSEC; i++) {
		int ret = caller_sample(s, me, &ns);

		if (ret)
			return ret;
		if (ns == DROPPED)
			continue;
		spent += ns;
		ops++;
	}
	if (me->calls && answers_failed(&me->failures) == me->calls)
		return answers_most(&me->failures);
	double each = ops ? (double)spent / (double)ops - s->outcome->clock.read_ns : 1e9;

	if (!me->fence.technique->prepare && each < GROUP_NS / 2) {
		uint64_t group = (uint64_t)(GROUP_NS / (each < 0.5 ? 0.5 : each)) + 1;

		s->group = group > GROUP_MAX ? GROUP_MAX : group;
	}
	s->batch = each > 1e6 ? 2 : BATCH_MAX;
	s->outcome->ops_per_sample = s->group;
	memset(&me->drops, 0, sizeof(me->drops));
	return 0;
}

static int rest(struct session *s, uint64_t worked, const struct duty *duty)
{
	int ret = crew_order(&s->crew, CREW_PAUSE);

	sleep_ns((uint64_t)((double)duty->pause_ns * (double)worked / (double)duty->burst_ns));
	return ret ? ret : crew_order(&s->crew, CREW_RUN);
}

static int measure(struct session *s, int progress_fd)
{
	struct duty duty;
	uint64_t start = now_ns(), burst = start, reported = start, now = start;
	int ret = calibrate(s);

	duty_choose(&duty, s->crew.priority);
	while (!ret && now - start < s->setup->budget_ns && s->outcome->hist.count < s->setup->samples) {
		ret = measured_batch(s);
		now = now_ns();
		if (duty.burst_ns && now - burst > duty.burst_ns) {
			ret = ret ? ret : rest(s, now - burst, &duty);
			burst = now = now_ns();
		}
		if (progress_fd >= 0 && now - reported > PROGRESS_NS) {
			double by_count = (double)s->outcome->hist.count / (double)s->setup->samples;
			double by_time = (double)(now - start) / (double)s->setup->budget_ns;

			progress_send(progress_fd, by_count > by_time ? by_count : by_time);
			/* what there is so far; the controller takes the last one for the result's */
			hist_send(progress_fd, &s->outcome->hist);
			reported = now;
		}
	}
	s->outcome->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

/*
 * assemble - technique, priority, siblings and callers, in the order that the technique wants.
 *
 * 0, or -errno with the reason in the outcome.
 */
static int assemble(struct session *s)
{
	const struct cost_setup *setup = s->setup;
	struct cost_outcome *outcome = s->outcome;
	bool late = setup->technique->flags & TECHNIQUE_LATE;
	int ret = late ? 0 : callers_open(s);

	if (ret)
		return ret;
	outcome->priority = priority_apply(setup->fifo, setup->autogroup);
	ret = crew_start(&s->crew, setup->sibling_cpus, setup->siblings, &outcome->count,
			 outcome->priority);
	s->crew.priority = outcome->priority;
	ret = ret ? ret : callers_start(s);
	if (ret) {
		snprintf(outcome->reason, sizeof(outcome->reason), "the crew's threads cannot start: %s",
			 errno_name(-ret));
		return ret;
	}
	ret = late ? callers_open(s) : 0;
	return ret ? ret : callers_bind(s);
}

/*
 * cost_measure - measure one technique as set up.
 *
 * Returns 0 with *outcome filled; or -errno, then outcome->reason says what
 * could not be done (setup refused, CPU not allowed, sibling starved).
 */
int cost_measure(const struct cost_setup *setup, struct cost_outcome *outcome, int progress_fd)
{
	struct session *s = aligned_alloc(_Alignof(struct session), sizeof(*s));
	size_t bytes = (size_t)setup->callers * sizeof(struct caller);
	int ret = -ENOMEM;

	memset(outcome, 0, sizeof(*outcome));
	hist_reset(&outcome->hist);
	if (!s)
		return ret;
	memset(s, 0, sizeof(*s));
	s->setup = setup;
	s->outcome = outcome;
	s->caller = aligned_alloc(_Alignof(struct caller), bytes);
	if (!s->caller)
		goto out;
	memset(s->caller, 0, bytes);
	clock_measure(&outcome->clock);
	count_plan_make(&outcome->count);
	if (!setup->perf && outcome->count.source == COUNT_PERF)
		outcome->count.source = COUNT_PROC;
	ret = assemble(s);
	if (!ret) {
		ret = measure(s, progress_fd);
		if (ret)
			snprintf(outcome->reason, sizeof(outcome->reason), "%s: %s",
				 ret == -ETIMEDOUT	     ? "a thread did not get to run or to answer" :
				 s->caller[0].failures.kinds ? "each call failed" :
							       "its preparation failed",
				 errno_name(-ret));
	}
	callers_finish(s);
out:
	free(s->caller);
	free(s);
	return ret;
}
