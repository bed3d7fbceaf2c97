/*
 * The measured loop of the cost experiment.
 *
 * Samples are taken in batches. A sample is kept only if every sibling made
 * progress right before and right after it and no thread of the crew was
 * switched out anywhere in its batch: PRIVATE_EXPEDITED costs 150 ns or 15 us
 * depending on whether the sibling is on its CPU (reference: peers.md), and
 * without that proof one would measure the scheduler.
 */
#include "cost.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crew.h"
#include "experiment.h"
#include "json.h"
#include "sys.h"

enum {
	BATCH_MAX = 16, /* samples between two readings of the interrupt counters */
	GROUP_NS = 2000, /* operations cheaper than half of this share one reading of the clock */
	GROUP_MAX = 4096,
	/* time in which a running sibling must show progress: longer than a timer tick's handler */
	BEFORE_NS = 50000,
	AFTER_NS = 20000,
	PROGRESS_NS = 200 * 1000 * 1000,
};
#define DROPPED UINT64_MAX

struct session;

struct caller {
	CACHE_APART _Atomic uint32_t done; /* number of the last finished batch */
	struct session *session;
	struct fence fence;
	struct counter counter;
	struct tally before, after; /* around the last batch */
	uint64_t sample[BATCH_MAX]; /* ns per group, or DROPPED */
	struct cost_drops drops;
	pthread_t thread;
	bool prepared, started;
	int cpu, error;
};

struct session {
	CACHE_APART _Atomic uint32_t go; /* number of the batch to run; UINT32_MAX ends */
	const struct cost_setup *setup;
	struct cost_outcome *outcome;
	struct crew crew;
	struct caller *caller;
	uint64_t group;
	int batch;
	int *targets;
};

static int one_sample(struct session *s, struct caller *me, uint64_t *ns)
{
	const struct technique *technique = me->fence.technique;
	bool gated = s->crew.siblings > 0;
	int ret = 0;

	*ns = DROPPED;
	if (technique->prepare && !me->prepared) {
		ret = technique->prepare(&me->fence);
		if (ret)
			return ret;
		me->prepared = true;
	}
	if (gated && !crew_running(&s->crew, BEFORE_NS)) {
		me->drops.before++;
		return 0;
	}
	uint64_t start = now_ns();

	for (uint64_t i = 0; i < s->group; i++)
		ret |= technique->heavy(&me->fence);
	uint64_t end = now_ns();

	me->prepared = false;
	if (ret)
		return ret;
	if (gated && !crew_running(&s->crew, AFTER_NS)) {
		me->drops.after++;
		return 0;
	}
	*ns = end - start;
	return 0;
}

static void run_batch(struct session *s, struct caller *me)
{
	tally_self(&me->before, &me->counter);
	for (int i = 0; i < s->batch && !me->error; i++)
		me->error = one_sample(s, me, &me->sample[i]);
	tally_self(&me->after, &me->counter);
}

static int caller_prepare(struct session *s, struct caller *me)
{
	int ret = thread_pin(me->cpu);

	if (!ret && s->crew.priority == PRIORITY_FIFO)
		ret = thread_fifo(2); /* above the siblings, so that affinity-walk gets in */
	if (!ret && s->outcome->count.source == COUNT_PERF)
		ret = counter_open(&me->counter, &s->outcome->count);
	return ret;
}

/* A caller besides the leader: runs batches when told to. */
static void *caller_main(void *argument)
{
	struct caller *me = argument;
	struct session *s = me->session;

	me->error = caller_prepare(s, me);
	for (uint32_t seen = 0;;) {
		/* pairs with the release stores in leader_batch() and finish() */
		uint32_t go = atomic_load_explicit(&s->go, memory_order_acquire);

		if (go == seen) {
			arch_relax();
			sched_yield();
			continue;
		}
		if (go == UINT32_MAX)
			break;
		seen = go;
		run_batch(s, me);
		/* pairs with the acquire load in leader_batch(): samples and tallies come first */
		atomic_store_explicit(&me->done, go, memory_order_release);
	}
	counter_close(&me->counter);
	return NULL;
}

/* Have all callers run one batch; 0 or the first caller's -errno. */
static int leader_batch(struct session *s)
{
	uint32_t number = atomic_load_explicit(&s->go, memory_order_relaxed) + 1;
	int ret;

	/* pairs with the acquire load in caller_main() */
	atomic_store_explicit(&s->go, number, memory_order_release);
	run_batch(s, &s->caller[0]);
	ret = s->caller[0].error;
	for (int i = 1; i < s->setup->callers; i++) {
		/* pairs with the release store in caller_main() */
		while (atomic_load_explicit(&s->caller[i].done, memory_order_acquire) != number)
			arch_relax();
		if (!ret)
			ret = s->caller[i].error;
	}
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
 */
static int calibrate(struct session *s)
{
	struct caller *me = &s->caller[0];
	uint64_t spent = 0, ops = 0;
	uint64_t ns;

	s->group = 1;
	for (int i = 0; i < 64 && spent < 20 * NSEC_PER_MSEC; i++) {
		int ret = one_sample(s, me, &ns);

		if (ret)
			return ret;
		if (ns == DROPPED)
			continue;
		spent += ns;
		ops++;
	}
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
	while (!ret && now - start < s->setup->budget_ns &&
	       s->outcome->hist.count < s->setup->samples) {
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
			reported = now;
		}
	}
	s->outcome->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

static void bind_targets(struct session *s)
{
	for (int i = 0; i < s->crew.siblings; i++)
		s->targets[i] = s->crew.sibling[i].tid;
	for (int i = 0; i < s->setup->callers; i++) {
		s->caller[i].fence.targets = s->targets;
		s->caller[i].fence.ntargets = s->crew.siblings;
	}
}

static int start_callers(struct session *s)
{
	s->caller[0].error = caller_prepare(s, &s->caller[0]);
	int ret = s->caller[0].error;

	for (int i = 1; i < s->setup->callers && !ret; i++) {
		ret = -pthread_create(&s->caller[i].thread, NULL, caller_main, &s->caller[i]);
		s->caller[i].started = ret == 0;
	}
	return ret;
}

static void finish(struct session *s)
{
	struct cost_drops *drops = &s->outcome->drops;

	/* pairs with the acquire load in caller_main() */
	atomic_store_explicit(&s->go, UINT32_MAX, memory_order_release);
	crew_stop(&s->crew);
	for (int i = 0; i < s->setup->callers; i++) {
		struct caller *c = &s->caller[i];

		if (c->started)
			pthread_join(c->thread, NULL);
		drops->before += c->drops.before;
		drops->after += c->drops.after;
		fence_close(&c->fence);
	}
	counter_close(&s->caller[0].counter);
}

/* Setup comes before threads: registering with membarrier is then microseconds instead of milliseconds. */
static int open_fences(struct session *s)
{
	const struct cost_setup *setup = s->setup;
	int ret = 0;

	for (int i = 0; i < setup->callers && !ret; i++) {
		struct caller *c = &s->caller[i];

		c->session = s;
		c->cpu = setup->caller_cpus[i];
		ret = fence_open(&c->fence, setup->technique,
				 setup->siblings ? setup->sibling_cpus[0] : c->cpu, setup->delay_ns);
		if (ret)
			memcpy(s->outcome->reason, c->fence.reason, sizeof(c->fence.reason));
	}
	return ret;
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
	s->targets = calloc((size_t)setup->siblings + 1, sizeof(int));
	if (!s->caller || !s->targets)
		goto out;
	memset(s->caller, 0, bytes);
	clock_measure(&outcome->clock);
	count_plan_make(&outcome->count);
	if (!setup->perf && outcome->count.source == COUNT_PERF)
		outcome->count.source = COUNT_PROC;
	ret = open_fences(s);
	if (ret)
		goto close;
	outcome->priority = priority_apply(setup->fifo, setup->autogroup);
	ret = crew_start(&s->crew, setup->sibling_cpus, setup->siblings, &outcome->count,
			 outcome->priority);
	if (ret)
		snprintf(outcome->reason, sizeof(outcome->reason), "siblings cannot start: %s",
			 errno_name(-ret));
	s->crew.priority = outcome->priority;
	if (!ret) {
		bind_targets(s);
		ret = start_callers(s);
		if (ret)
			snprintf(outcome->reason, sizeof(outcome->reason), "caller cannot start: %s",
				 errno_name(-ret));
	}
	if (!ret) {
		ret = measure(s, progress_fd);
		if (ret)
			snprintf(outcome->reason, sizeof(outcome->reason), "%s: %s",
				 ret == -ETIMEDOUT ? "a thread did not get to run or to answer" :
						     "the heavy call failed",
				 errno_name(-ret));
	}
close:
	finish(s);
out:
	free(s->targets);
	free(s->caller);
	free(s);
	return ret;
}
