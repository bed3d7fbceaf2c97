/* The ordering experiment's phases: first calls, calibration, cost without clogs, counting, witness. */
#include "ordering/ordering.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/lazy.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum {
	COST_SAMPLES = 300,
	FIRST_TURNS = 128,
	/* of the delay with which a clog for the first calls is chosen: they may last as long as any */
	FIRST_DELAY_NS = 4000,
	WITNESS_SAMPLES = 300,
	/* a technique slower than that is far beyond what any store buffer holds back … */
	SLOW_NS = 100 * 1000,
	/* … and is only counted so often: no verdict (lab/experiments/ordering/verdict.ts) */
	SLOW_TURNS = 200,
};

static int compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Median length of some turns of the technique, ns; or -errno. */
static int median_cost(struct sb *sb, struct fence *f, struct clog clog, uint64_t turns, uint64_t budget_ns,
		       struct ordering_outcome *o, double *median)
{
	struct sb_count count[SB_SIDES] = { { 0 } };
	uint32_t ns[COST_SAMPLES];
	struct sb_times times = { .ns = ns, .room = COST_SAMPLES };
	struct sb_phase phase = {
		.clog = clog, .iterations = turns, .budget_ns = budget_ns, .count = count, .times = &times
	};
	int ret = sb_turns(sb, f, &phase);

	for (int i = 0; i < sb->sides; i++) {
		o->first_weak += count[i].weak;
		o->first += count[i].iterations;
	}
	if (ret || !times.n)
		return ret ? ret : -ETIMEDOUT;
	qsort(ns, times.n, sizeof(ns[0]), compare);
	*median = ns[times.n / 2];
	return 0;
}

/* How much outcomes come in bursts, as lab/statistics/dispersion.ts has it; 1 at least. */
static double dispersion(const struct ordering_side *side, int blocks)
{
	const double rate = (double)side->delay.weak / (double)side->delay.iterations;
	double sum = 0;

	if (blocks < 2 || rate <= 0 || rate >= 1)
		return 1;
	for (int i = 0; i < blocks; i++) {
		const double turns = side->block[i].delay_turns;
		const double off = side->block[i].delay_weak - rate * turns;

		if (turns > 0)
			sum += off * off / (turns * rate * (1 - rate));
	}
	return sum / (blocks - 1) > 1 ? sum / (blocks - 1) : 1;
}

/*
 * Whether more turns would say more: forbidden outcomes were not seen, and
 * failing calls are not yet as rare as is asked for (3 over what was to be
 * expected: the rule of three), though some outcomes were. The verdict's own
 * figure is lower, since it takes the interval's lower end.
 */
static bool worth_more(const struct ordering_setup *setup, const struct ordering_outcome *o)
{
	for (int i = 0; i < setup->sb.sides && setup->exclude > 0; i++) {
		const struct ordering_side *side = &o->side[i];

		if (side->technique.weak || !side->delay.iterations)
			return false;
		const double expected = (double)side->delay.weak / (double)side->delay.iterations *
					(double)side->technique.iterations / dispersion(side, o->blocks);

		if (expected < 1)
			return false;
		if (3 / expected > setup->exclude * 0.8)
			return true;
	}
	return false;
}

static void add(struct sb_count *sum, const struct sb_count *part)
{
	sum->iterations += part->iterations;
	sum->weak += part->weak;
	sum->missed += part->missed;
	sum->ns += part->ns;
	sum->light_turns += part->light_turns;
	sum->interrupts += part->interrupts;
	sum->involuntary += part->involuntary;
}

static void note_block(const struct ordering_setup *setup, struct ordering_outcome *o,
		       const struct sb_count *technique, const struct sb_count *delay)
{
	for (int i = 0; i < setup->sb.sides; i++) {
		struct ordering_side *side = &o->side[i];

		side->block[o->blocks] = (struct ordering_block){
			.turns = (uint32_t)technique[i].iterations,
			.weak = (uint32_t)technique[i].weak,
			.delay_turns = (uint32_t)delay[i].iterations,
			.delay_weak = (uint32_t)delay[i].weak,
		};
		add(&side->technique, &technique[i]);
		add(&side->delay, &delay[i]);
	}
	o->blocks++;
}

/* One block: turns of the technique, then of the delay, each as long as one of those. */
static int block(struct sb *sb, struct fence *f, struct fence *delay, const struct ordering_setup *setup,
		 struct ordering_outcome *o, uint64_t turns, uint64_t budget_ns)
{
	struct sb_count technique[SB_SIDES] = { { 0 } }, delayed[SB_SIDES] = { { 0 } };
	uint32_t ns[ORDERING_TIMES];
	struct sb_times times = { .ns = ns, .room = ORDERING_TIMES };
	struct sb_phase phase = { .clog = o->calibration.clog,
				  .iterations = turns,
				  .budget_ns = budget_ns * 6 / 10,
				  .count = technique,
				  .times = &times,
				  .hist = o->took,
				  .idle = o->idle };
	int ret = sb_turns(sb, f, &phase);

	o->calls += phase.calls;
	if (!ret && times.n && o->cost_ns <= SLOW_NS) {
		phase = (struct sb_phase){ .clog = o->calibration.clog,
					   .iterations = (turns + 1) / 2,
					   .budget_ns = budget_ns * 3 / 10,
					   .drawn = &times,
					   .count = delayed,
					   .hist = o->delayed,
					   .caught = o->caught };
		ret = sb_turns(sb, delay, &phase);
		o->drawn += phase.calls;
		o->brief += phase.brief;
	}
	note_block(setup, o, technique, delayed);
	return ret;
}

static int blocks(struct sb *sb, struct fence *f, struct fence *delay, const struct ordering_setup *setup,
		  struct ordering_outcome *o, int out)
{
	const bool slow = o->cost_ns > SLOW_NS;
	const uint64_t turns = slow && setup->iterations > SLOW_TURNS ? SLOW_TURNS : setup->iterations;
	const uint64_t each = (turns + ORDERING_BLOCKS - 1) / ORDERING_BLOCKS;
	const uint64_t slice = setup->budget_ns / ORDERING_BLOCKS, end = now_ns() + setup->budget_ns;
	int ret = 0;

	while (!ret && o->blocks < ORDERING_BLOCKS) {
		ret = block(sb, f, delay, setup, o, each, slice);
		progress_send(out, 0.1 + 0.9 * (double)o->blocks / ORDERING_BLOCKS);
	}
	while (!ret && o->blocks < ORDERING_BLOCKS_MAX && now_ns() < end && worth_more(setup, o)) {
		ret = block(sb, f, delay, setup, o, each, slice);
		progress_send(out, 1);
	}
	return ret;
}

static int phases(struct sb *sb, struct fence *f, struct fence *delay, const struct ordering_setup *setup,
		  struct ordering_outcome *o, int out)
{
	const struct clog none = { .kind = CLOG_NONE };
	const uint64_t slice = setup->budget_ns / 20;
	struct clog first = none;
	int ret = 0;

	/* the very first calls are tested: a technique that registers late orders nothing in them */
	if (setup->sb.shape == SB_STORE_BUFFERING) {
		delay->delay_ns = FIRST_DELAY_NS;
		ret = ordering_first_clog(sb, delay, slice, &first);
	}
	if (!ret)
		ret = median_cost(sb, f, first, FIRST_TURNS, slice, o, &o->cost_ns);
	if (ret)
		return ret;
	if (o->cost_ns <= SLOW_NS && setup->sb.shape == SB_STORE_BUFFERING)
		ret = ordering_calibrate(sb, f, delay, setup->budget_ns / 4, o);
	if (!ret && o->cost_ns <= SLOW_NS)
		ret = median_cost(sb, f, none, COST_SAMPLES, slice, o, &o->cost_ns);
	if (!ret)
		ret = blocks(sb, f, delay, setup, o, out);
	if (ret)
		return ret;
	/* a light side with a habit is not always there to look */
	if (setup->sb.habit != SB_SPIN)
		return 0;
	ret = sb_witness(sb, f, WITNESS_SAMPLES, slice, &o->witnessed);
	if (ret < 0)
		return ret;
	o->witness_samples = ret;
	delay->delay_ns = (uint64_t)o->cost_ns;
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
	const bool lazily = setup->registered != REGISTERED_AS_USUAL;
	const bool late = lazily || setup->technique->flags & TECHNIQUE_LATE;
	struct lazy lazy = { .here = setup->sb.heavy_cpu,
			     .there = setup->sb.light_cpus[0],
			     .registration = setup->technique->registration,
			     .threaded = setup->registered == REGISTERED_LAZILY_THREADED };
	const int target = setup->sb.light_cpus[0];
	struct fence delay;
	int ret = late ? 0 : fence_open(f, setup->technique, target, setup->delay_ns);

	fence_open(&delay, technique_find("delay"), -1, 0);
	if (!ret && setup->light) {
		ret = fence_open(&sb->light_fence, setup->light, setup->sb.heavy_cpu, 0);
		if (ret)
			memcpy(o->reason, sb->light_fence.reason, sizeof(sb->light_fence.reason));
	} else if (!ret && setup->technique->light) {
		if (setup->sb.light == SB_BARRIER)
			setup->sb.light = SB_CALL;
		sb->light_fence = *f; /* the same instance, called by its other side */
	}
	o->priority = priority_apply(true, true);
	setup->sb.plan = &o->plan;
	setup->sb.priority = o->priority;
	if (!ret && lazily)
		ret = lazy_register(&lazy);
	if (!ret)
		ret = sb_start(sb, &setup->sb);
	if (lazily) {
		o->kept = ret ? CPU_KEPT_UNKNOWN : lazy_kept(&lazy);
		lazy_close(&lazy);
		/* an ordinary registration then: there is nothing to test, another process may have more luck */
		if (!ret && o->kept != CPU_KEPT)
			return 0;
	}
	/* while the light side runs: see kit/lazy.c */
	if (!ret && late)
		ret = sb_settle(sb, &delay, (struct clog){ .kind = CLOG_NONE });
	if (!ret && late)
		ret = fence_open(f, setup->technique, target, setup->delay_ns);
	if (ret && f->reason[0])
		memcpy(o->reason, f->reason, sizeof(f->reason));
	if (!ret)
		ret = thread_place(setup->sb.heavy_cpu, o->priority, 2);
	if (ret)
		return ret;
	uint64_t start = now_ns();

	ret = phases(sb, f, &delay, setup, o, out);
	o->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

/*
 * ordering_measure - one technique in one arrangement; what could not be done is in the outcome.
 *
 * o is empty but for what its pointers lead to.
 */
void ordering_measure(const struct ordering_setup *wanted, struct ordering_outcome *o, int out)
{
	struct ordering_setup setup = *wanted;
	struct fence fence = { .technique = NULL };
	struct sb *sb = calloc(1, sizeof(*sb));

	o->cost_ns = -1;
	if (!sb) {
		o->error = -ENOMEM;
		return;
	}
	count_plan_make(&o->plan);
	int ret = assemble(sb, &fence, &setup, o, out);

	o->starved = ret == -ETIMEDOUT;
	o->error = o->starved ? 0 : ret;
	o->refused = o->error && (fence.refused || sb->light_fence.refused);
	if (o->starved)
		snprintf(o->reason, sizeof(o->reason), "a side did not get to run for 3 s");
	else if (ret && !o->reason[0])
		snprintf(o->reason, sizeof(o->reason), "%s", errno_name(-ret));
	sb_stop(sb);
	fence_close(&fence);
	free(sb);
}
