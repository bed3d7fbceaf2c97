/* Callers: at full speed or at a given rate, in step with the phases of a measurement. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>

#include "disturbance/disturbance.h"
#include "kit/sys.h"

enum { ANSWER_S = 5 };

/* A caller besides the leader. */
struct stormer {
	struct disturbance *d;
	struct fence fence;
	pthread_t thread;
	bool started;
	int cpu;
	_Atomic int error;
	_Atomic uint32_t answered; /* the phase in which it rests */
};

static bool storming(const struct disturbance *d)
{
	return (atomic_load_explicit(&d->shared->phase, memory_order_relaxed) & 3) == PHASE_STORM;
}

/* storm_until - call until `end` or until the storm is over; 0 or the technique's -errno. */
int storm_until(struct disturbance *d, struct fence *f, uint64_t end)
{
	const uint64_t period = d->setup->rate_hz ? NSEC_PER_SEC / d->setup->rate_hz : 0;
	uint64_t due = now_ns(), count = 0;
	int ret = 0;

	while (!ret && storming(d)) {
		if (f->technique->prepare)
			ret = f->technique->prepare(f);
		ret = ret ? ret : f->technique->heavy(f);
		count++;
		uint64_t now = now_ns();

		due += period;
		while (now < due && now < end && storming(d))
			now = now_ns();
		if (now >= end)
			break;
	}
	atomic_fetch_add_explicit(&d->ops, count, memory_order_relaxed);
	return ret;
}

/*
 * stormers_run_in_quiet - whether callers run in quiet blocks, too.
 *
 * What one call costs depends on whether siblings run that have to be interrupted; the storm is to
 * add their calls alone.
 */
bool stormers_run_in_quiet(const struct disturbance *d)
{
	return d->setup->work == VICTIM_CALLS && d->setup->kin == VICTIM_SAME_PROCESS;
}

/* idle_away - run, and do nothing else, as long as the phase lasts. */
void idle_away(const struct disturbance *d, uint32_t phase, uint64_t end)
{
	while (atomic_load_explicit(&d->shared->phase, memory_order_relaxed) == phase && now_ns() < end)
		;
}

static void *stormer_main(void *argument)
{
	struct stormer *me = argument;
	struct disturbance *d = me->d;
	int ret = thread_pin(me->cpu);

	while (!ret) {
		/* pairs with the release store in victim_phase() */
		uint32_t phase = atomic_load_explicit(&d->shared->phase, memory_order_acquire);

		if ((phase & 3) == PHASE_END)
			break;
		if ((phase & 3) == PHASE_STORM) {
			ret = storm_until(d, &me->fence, UINT64_MAX);
			continue;
		}
		if ((phase & 3) == PHASE_QUIET && stormers_run_in_quiet(d)) {
			idle_away(d, phase, UINT64_MAX);
			continue;
		}
		/* pairs with the acquire load in stormers_rest(): its calls are over */
		atomic_store_explicit(&me->answered, phase, memory_order_release);
		sys_futex(&d->shared->phase, FUTEX_WAIT, phase, NULL);
	}
	atomic_store_explicit(&me->error, ret, memory_order_relaxed);
	return NULL;
}

/* stormers_rest - wait until none of them calls any more; 0, the -errno of one, or -ETIMEDOUT. */
int stormers_rest(const struct disturbance *d)
{
	uint32_t wanted = atomic_load_explicit(&d->shared->phase, memory_order_relaxed);

	for (int i = 1; i < d->setup->callers; i++) {
		struct stormer *one = &d->stormer[i];
		struct patience patience = { 0 };

		while (atomic_load_explicit(&one->answered, memory_order_acquire) != wanted) {
			int error = atomic_load_explicit(&one->error, memory_order_relaxed);

			if (error)
				return error;
			if (patience_lost(&patience, ANSWER_S * NSEC_PER_SEC))
				return -ETIMEDOUT;
		}
	}
	return 0;
}

/* disturbance_reason - what a technique said when it could not be opened. */
void disturbance_reason(struct disturbance_outcome *o, const struct fence *f)
{
	if (!f->reason[0])
		return;
	memcpy(o->reason, f->reason, sizeof(f->reason));
	o->refused = f->refused;
}

/* stormers_start - those besides the leader; 0 and all of them rest, or -errno with its reason. */
int stormers_start(struct disturbance *d, struct disturbance_outcome *o)
{
	int ret = 0;

	d->stormer = calloc((size_t)d->setup->callers, sizeof(*d->stormer));
	if (!d->stormer)
		return -ENOMEM;
	for (int i = 1; i < d->setup->callers && !ret; i++) {
		struct stormer *one = &d->stormer[i];

		one->d = d;
		one->cpu = d->setup->caller_cpu[i];
		ret = fence_open(&one->fence, d->setup->technique, d->setup->victim_cpu, 0);
		one->fence.targets = &d->shared->tid;
		one->fence.ntargets = d->setup->kin == VICTIM_SAME_PROCESS;
		if (ret)
			disturbance_reason(o, &one->fence);
		else
			ret = -pthread_create(&one->thread, NULL, stormer_main, one);
		one->started = ret == 0;
	}
	return ret ? ret : stormers_rest(d);
}

/* stormers_stop - after PHASE_END: join them. */
void stormers_stop(struct disturbance *d)
{
	for (int i = 1; d->stormer && i < d->setup->callers; i++) {
		if (d->stormer[i].started)
			pthread_join(d->stormer[i].thread, NULL);
		fence_close(&d->stormer[i].fence);
	}
	free(d->stormer);
	d->stormer = NULL;
}
