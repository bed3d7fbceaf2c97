/* The ordering experiment's phases: cost, calibration, counting, cost under clog, witness. */
#include "ordering/ordering.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/frame.h"
#include "protocol/json.h"

enum {
	COST_SAMPLES = 300,
	WITNESS_SAMPLES = 300,
	/* a technique slower than that is far beyond what any store buffer holds back … */
	SLOW_NS = 100 * 1000,
	/* … and is only counted so often: no verdict (lab/experiments/ordering/verdict.ts) */
	SLOW_TURNS = 200,
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Median cost net of the clock, ns; or -errno. */
static int median_cost(struct sb *sb, struct fence *f, struct clog clog, uint64_t budget_ns,
		       const struct clock_facts *clock, double *median)
{
	double sample[COST_SAMPLES];
	int n = sb_cost(sb, f, clog, sample, COST_SAMPLES, budget_ns);

	if (n <= 0)
		return n ? n : -ETIMEDOUT;
	qsort(sample, (size_t)n, sizeof(sample[0]), compare);
	*median = sample[n / 2] > clock->read_ns ? sample[n / 2] - clock->read_ns : 0;
	return 0;
}

/* Technique and delay in turns; the light side's interrupts during the technique's blocks. */
static int blocks(struct sb *sb, struct fence *f, struct fence *delay, const struct ordering_setup *setup,
		  struct ordering_outcome *o, int out)
{
	const bool slow = o->cost_ns > SLOW_NS;
	uint64_t turns = slow && setup->iterations > SLOW_TURNS ? SLOW_TURNS : setup->iterations;
	uint64_t each = (turns + ORDERING_BLOCKS - 1) / ORDERING_BLOCKS;
	uint64_t slice = setup->budget_ns / ORDERING_BLOCKS;
	int ret = 0;

	for (int block = 0; block < ORDERING_BLOCKS && !ret; block++) {
		uint64_t interrupts = sb->shared->interrupts, involuntary = sb->shared->involuntary;

		ret = sb_rate(sb, f, o->calibration.clog, each, slice * 6 / 10, &o->technique);
		o->interrupts += sb->shared->interrupts - interrupts;
		o->involuntary += sb->shared->involuntary - involuntary;
		if (!ret && !slow)
			ret = sb_rate(sb, delay, o->calibration.clog, (each + 1) / 2, slice * 3 / 10,
				      &o->delay);
		progress_send(out, 0.1 + 0.9 * (double)(block + 1) / ORDERING_BLOCKS);
	}
	return ret;
}

static int phases(struct sb *sb, struct fence *f, struct fence *delay, const struct ordering_setup *setup,
		  struct ordering_outcome *o, int out)
{
	const struct clog none = { .kind = CLOG_NONE };
	const uint64_t slice = setup->budget_ns / 20;
	int ret = median_cost(sb, f, none, slice, &o->clock, &o->cost_ns);

	if (ret)
		return ret;
	if (o->cost_ns <= SLOW_NS) {
		o->calibration.delay_ns = (uint64_t)o->cost_ns;
		ret = ordering_calibrate(sb, delay, setup->budget_ns / 4, &o->calibration);
		delay->delay_ns = (uint64_t)o->cost_ns;
		if (!ret)
			ret = median_cost(sb, f, o->calibration.clog, slice, &o->clock, &o->clogged_ns);
	}
	if (!ret)
		ret = blocks(sb, f, delay, setup, o, out);
	/* the delay stands for the technique only while the technique takes as long */
	if (!ret)
		ret = median_cost(sb, f, none, slice, &o->clock, &o->cost_after_ns);
	if (ret)
		return ret;
	/* a light side with a habit is not always there to look */
	if (setup->sb.habit != SB_SPIN)
		return 0;
	ret = sb_witness(sb, f, WITNESS_SAMPLES, slice, &o->witnessed);
	if (ret < 0)
		return ret;
	o->witness_samples = ret;
	ret = sb_witness(sb, delay, WITNESS_SAMPLES, slice, &o->background);
	if (ret < 0)
		return ret;
	o->background_samples = ret;
	return 0;
}

/* Start both sides in the order that the technique wants, and go through the phases. */
static int assemble(struct sb *sb, struct fence *f, struct ordering_setup *setup,
		    struct ordering_outcome *o, int out)
{
	const bool late = setup->technique->flags & TECHNIQUE_LATE;
	struct fence delay;
	int ret = late ? 0 : fence_open(f, setup->technique, setup->sb.light_cpu, setup->delay_ns);

	fence_open(&delay, technique_find("delay"), -1, 0);
	if (!ret && setup->light) {
		ret = fence_open(&sb->light_fence, setup->light, setup->sb.heavy_cpu, 0);
		if (ret)
			memcpy(o->reason, sb->light_fence.reason, sizeof(sb->light_fence.reason));
	} else if (!ret && setup->technique->light) {
		setup->sb.light = SB_CALL;
		sb->light_fence = *f; /* the same instance, called by its other side */
	}
	o->priority = priority_apply(true, true);
	setup->sb.plan = &o->plan;
	setup->sb.priority = o->priority;
	if (!ret)
		ret = sb_start(sb, &setup->sb);
	/* while the light side runs: see conformance/lazy.c */
	if (!ret && late)
		ret = sb_settle(sb, &delay, (struct clog){ .kind = CLOG_NONE });
	if (!ret && late)
		ret = fence_open(f, setup->technique, setup->sb.light_cpu, setup->delay_ns);
	if (ret && f->reason[0])
		memcpy(o->reason, f->reason, sizeof(f->reason));
	if (!ret)
		ret = thread_pin(setup->sb.heavy_cpu);
	if (!ret && o->priority == PRIORITY_FIFO)
		ret = thread_fifo(2);
	if (ret)
		return ret;
	clock_measure(&o->clock);
	uint64_t start = now_ns();

	ret = phases(sb, f, &delay, setup, o, out);
	o->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

/* ordering_measure - one technique in one arrangement; what could not be done is in the outcome. */
void ordering_measure(const struct ordering_setup *wanted, struct ordering_outcome *o, int out)
{
	struct ordering_setup setup = *wanted;
	struct fence fence = { .technique = NULL };
	struct sb *sb = calloc(1, sizeof(*sb));

	memset(o, 0, sizeof(*o));
	o->cost_ns = o->cost_after_ns = o->clogged_ns = -1;
	if (!sb) {
		o->error = -ENOMEM;
		return;
	}
	count_plan_make(&o->plan);
	int ret = assemble(sb, &fence, &setup, o, out);

	o->starved = ret == -ETIMEDOUT;
	o->error = o->starved ? 0 : ret;
	if (o->starved)
		snprintf(o->reason, sizeof(o->reason), "a side did not get to run for 3 s");
	else if (ret && !o->reason[0])
		snprintf(o->reason, sizeof(o->reason), "%s", errno_name(-ret));
	sb_stop(sb);
	fence_close(&fence);
	free(sb);
}
