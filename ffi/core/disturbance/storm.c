/* A measurement of disturbance: blocks with and without the storm in turns. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disturbance/disturbance.h"
#include "kit/count.h"
#include "kit/sys.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum {
	/* gaps of this length are not told from turns of the loop */
	LEAST_GAP_NS = 100,
	/* turns of the clock that a gap has at least */
	GAP_READS = 4,
	/* a clock that is slower, such as a timer of the chipset, sees no interrupt */
	SLOW_CLOCK_NS = 5000,
};

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
static int block(struct disturbance *d, struct fence *f, struct disturbance_outcome *o, enum phase phase)
{
	struct disturbance_side *side = &o->side[phase == PHASE_STORM];
	const int cpu = d->setup->victim_cpu;
	uint64_t before = 0, after = 0;

	o->counted = count_proc_interrupts(&cpu, 1, &before) == 0;
	int ret = victim_phase(d, phase);

	if (!ret && phase == PHASE_STORM)
		ret = storm_until(d, f, now_ns() + BLOCK_MS * NSEC_PER_MSEC);
	else if (!ret && stormers_run_in_quiet(d))
		idle_away(d, atomic_load_explicit(&d->shared->phase, memory_order_relaxed),
			  now_ns() + BLOCK_MS * NSEC_PER_MSEC);
	else if (!ret)
		sleep_ns(BLOCK_MS * NSEC_PER_MSEC);
	int rested = victim_phase(d, PHASE_REST);

	rested = rested ? rested : stormers_rest(d);
	count_proc_interrupts(&cpu, 1, &after);
	if (ret || rested)
		return ret ? ret : rested;
	side->interrupts += after - before;
	collect(side, d);
	return 0;
}

static int blocks(struct disturbance *d, struct fence *f, struct disturbance_outcome *o, int out)
{
	struct duty duty;
	uint64_t start = now_ns();
	int ret = 0;

	duty_choose(&duty, d->setup->victim_fifo ? PRIORITY_FIFO : PRIORITY_NONE);
	for (int i = 0; i < DISTURBANCE_BLOCKS && !ret; i++) {
		ret = block(d, f, o, PHASE_QUIET);
		ret = ret ? ret : block(d, f, o, PHASE_STORM);
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

/* From which length on a gap was stolen, by the clock that sees it; 0 or -errno. */
static int choose_gap(struct disturbance *d, struct disturbance_outcome *o)
{
	clock_measure(&d->clock);
	d->gap_ns = (uint64_t)(GAP_READS * d->clock.read_ns);
	if (d->gap_ns < LEAST_GAP_NS)
		d->gap_ns = LEAST_GAP_NS;
	if (d->setup->work != VICTIM_RUNS || d->clock.read_ns < SLOW_CLOCK_NS)
		return 0;
	o->refused = true;
	snprintf(o->reason, sizeof(o->reason),
		 "reading the clock takes %.0f ns: it does not see what is stolen", d->clock.read_ns);
	return -EOPNOTSUPP;
}

/* The technique is opened before threads exist, but for those that want them to run. */
static int assemble(struct disturbance *d, struct fence *f, struct disturbance_outcome *o)
{
	const bool late = d->setup->technique->flags & TECHNIQUE_LATE;
	int ret = choose_gap(d, o);

	if (!ret && !late)
		ret = fence_open(f, d->setup->technique, d->setup->victim_cpu, 0);
	if (!ret)
		ret = victim_start(d);
	if (!ret && d->setup->kin != VICTIM_SAME_PROCESS)
		ret = companion_start(d, d->setup->caller_cpu[0]);
	if (!ret && late) {
		victim_phase(d, PHASE_QUIET);
		ret = fence_open(f, d->setup->technique, d->setup->victim_cpu, 0);
		victim_phase(d, PHASE_REST);
	}
	if (ret)
		disturbance_reason(o, f);
	f->targets = d->shared ? &d->shared->tid : NULL;
	f->ntargets = d->setup->kin == VICTIM_SAME_PROCESS;
	ret = ret ? ret : stormers_start(d, o);
	return ret ? ret : thread_pin(d->setup->caller_cpu[0]);
}

/* disturbance_measure - one technique against one victim; what could not be done is in the outcome. */
void disturbance_measure(const struct disturbance_setup *setup, struct disturbance_outcome *o, int out)
{
	struct disturbance d = { .setup = setup };
	struct fence fence = { .technique = NULL };

	memset(o, 0, sizeof(*o));
	for (int i = 0; i < 2; i++)
		hist_reset(&o->side[i].hist);
	o->priority = priority_apply(false, true);
	o->error = assemble(&d, &fence, o);
	if (!o->error)
		o->error = blocks(&d, &fence, o, out);
	if (o->error && !o->reason[0])
		snprintf(o->reason, sizeof(o->reason), "%s: %s",
			 o->error == -ETIMEDOUT ? "the victim did not get to run or to answer" :
						  "the technique or the victim failed",
			 errno_name(-o->error));
	if (d.shared)
		victim_phase(&d, PHASE_END);
	/* before what they look at is unmapped */
	stormers_stop(&d);
	o->ops = atomic_load_explicit(&d.ops, memory_order_relaxed);
	victim_stop(&d);
	companion_stop(&d);
	fence_close(&fence);
}
