/* The storm: callers at full speed or at a given rate, and blocks with and without them. */
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "disturbance.h"
#include "experiment.h"
#include "json.h"
#include "sys.h"

/* A caller besides the leader. */
struct stormer {
	struct disturbance *d;
	struct fence fence;
	pthread_t thread;
	bool started;
	int cpu, error;
	_Atomic uint64_t ops;
};

static bool storming(const struct disturbance *d)
{
	return (atomic_load_explicit(&d->shared->phase, memory_order_relaxed) & 3) == PHASE_STORM;
}

/* Call until `end` or until the storm is over; 0 or the technique's -errno. */
static int storm(const struct disturbance *d, struct fence *f, uint64_t end, _Atomic uint64_t *ops)
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
		while (now < due && now < end)
			now = now_ns();
		if (now >= end)
			break;
	}
	atomic_fetch_add_explicit(ops, count, memory_order_relaxed);
	return ret;
}

static void *stormer_main(void *argument)
{
	struct stormer *me = argument;
	struct disturbance *d = me->d;

	me->error = thread_pin(me->cpu);
	while (!me->error) {
		uint32_t phase = atomic_load_explicit(&d->shared->phase, memory_order_acquire);

		if ((phase & 3) == PHASE_END)
			break;
		if ((phase & 3) == PHASE_STORM)
			me->error = storm(d, &me->fence, UINT64_MAX, &me->ops);
		else
			sys_futex(&d->shared->phase, FUTEX_WAIT, phase, NULL);
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void collect(struct disturbance_side *side, const struct disturbance *d)
{
	const struct block *b = &d->shared->block;

	hist_merge(&side->hist, &b->hist);
	side->ns += b->ns;
	side->stolen_ns += b->stolen_ns;
	side->woken += b->woken;
	if (d->setup->work == VICTIM_RUNS)
		side->each[side->blocks++] = b->ns ? (double)b->stolen_ns / (double)b->ns : 0;
	else if (b->hist.count)
		side->each[side->blocks++] = (double)hist_quantile(&b->hist, 0.5) / 1000;
}

/* One block: quiet or with the storm of the leader and of all stormers. */
static int block(struct disturbance *d, struct fence *f, struct disturbance_outcome *o,
		 enum phase phase, _Atomic uint64_t *ops)
{
	struct disturbance_side *side = &o->side[phase == PHASE_STORM];
	const int cpu = d->setup->victim_cpu;
	uint64_t before = 0, after = 0;

	o->counted = count_proc_interrupts(&cpu, 1, &before) == 0;
	int ret = victim_phase(d, phase);

	if (!ret && phase == PHASE_STORM)
		ret = storm(d, f, now_ns() + BLOCK_MS * NSEC_PER_MSEC, ops);
	else if (!ret)
		sleep_ns(BLOCK_MS * NSEC_PER_MSEC);
	int rested = victim_phase(d, PHASE_REST);

	count_proc_interrupts(&cpu, 1, &after);
	if (ret || rested)
		return ret ? ret : rested;
	side->interrupts += after - before;
	collect(side, d);
	return 0;
}

static int blocks(struct disturbance *d, struct fence *f, struct disturbance_outcome *o,
		  _Atomic uint64_t *ops, int out)
{
	struct duty duty;
	uint64_t start = now_ns();
	int ret = 0;

	duty_choose(&duty, d->setup->victim_fifo ? PRIORITY_FIFO : PRIORITY_NONE);
	for (int i = 0; i < DISTURBANCE_BLOCKS && !ret; i++) {
		ret = block(d, f, o, PHASE_QUIET, ops);
		ret = ret ? ret : block(d, f, o, PHASE_STORM, ops);
		/* twice a block's work of a real-time victim, and then the pause for it */
		sleep_ns(2 * duty.pause_ns);
		double done = (double)(now_ns() - start) / (double)d->setup->budget_ns;

		progress_send(out, done);
		if (done >= 1)
			break;
	}
	for (int i = 0; i < 2; i++)
		qsort(o->side[i].each, (size_t)o->side[i].blocks, sizeof(double), compare);
	o->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

static int start_stormers(struct disturbance *d, struct stormer *all)
{
	int ret = 0;

	for (int i = 1; i < d->setup->callers && !ret; i++) {
		struct stormer *one = &all[i];

		one->d = d;
		one->cpu = d->setup->caller_cpu[i];
		ret = fence_open(&one->fence, d->setup->technique, d->setup->victim_cpu, 0);
		one->fence.targets = &d->shared->tid;
		one->fence.ntargets = d->setup->kin == VICTIM_SAME_PROCESS;
		if (!ret)
			ret = -pthread_create(&one->thread, NULL, stormer_main, one);
		one->started = ret == 0;
	}
	return ret;
}

/* The technique is opened before threads exist, but for those that want them to run. */
static int assemble(struct disturbance *d, struct fence *f, struct stormer *all,
		    struct disturbance_outcome *o)
{
	const bool late = d->setup->technique->flags & TECHNIQUE_LATE;
	int ret = late ? 0 : fence_open(f, d->setup->technique, d->setup->victim_cpu, 0);

	if (!ret)
		ret = victim_start(d);
	if (!ret && late) {
		victim_phase(d, PHASE_QUIET);
		ret = fence_open(f, d->setup->technique, d->setup->victim_cpu, 0);
		victim_phase(d, PHASE_REST);
	}
	if (ret && f->reason[0])
		memcpy(o->reason, f->reason, sizeof(f->reason));
	f->targets = d->shared ? &d->shared->tid : NULL;
	f->ntargets = d->setup->kin == VICTIM_SAME_PROCESS;
	ret = ret ? ret : start_stormers(d, all);
	return ret ? ret : thread_pin(d->setup->caller_cpu[0]);
}

/* disturbance_measure - one technique against one victim; what could not be done is in the outcome. */
void disturbance_measure(const struct disturbance_setup *setup, struct disturbance_outcome *o, int out)
{
	struct disturbance d = { .setup = setup };
	struct stormer *all = calloc(DISTURBANCE_CALLERS, sizeof(*all));
	struct fence fence = { .technique = NULL };

	memset(o, 0, sizeof(*o));
	for (int i = 0; i < 2; i++)
		hist_reset(&o->side[i].hist);
	o->error = all ? 0 : -ENOMEM;
	if (!all)
		return;
	o->priority = priority_apply(false, true);
	o->error = assemble(&d, &fence, all, o);
	if (!o->error)
		o->error = blocks(&d, &fence, o, &all[0].ops, out);
	if (o->error && !o->reason[0])
		snprintf(o->reason, sizeof(o->reason), "%s: %s",
			 o->error == -ETIMEDOUT ? "the victim did not get to run or to answer" :
						  "the technique or the victim failed",
			 errno_name(-o->error));
	victim_stop(&d);
	for (int i = 0; i < setup->callers; i++) {
		if (all[i].started)
			pthread_join(all[i].thread, NULL);
		o->ops += atomic_load_explicit(&all[i].ops, memory_order_relaxed);
		if (i > 0)
			fence_close(&all[i].fence);
	}
	fence_close(&fence);
	free(all);
}
