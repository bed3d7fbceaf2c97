/* The cost experiment: what is measured, and what comes out of it. */
#ifndef FENCELAB_COST_H
#define FENCELAB_COST_H

#include "kit/answers.h"
#include "kit/clock.h"
#include "kit/count.h"
#include "kit/hist.h"
#include "kit/thread.h"
#include "technique/technique.h"

/* Parameters of one measurement: one technique on given CPUs. */
struct cost_setup {
	const struct technique *technique;
	const int *caller_cpus, *sibling_cpus;
	int callers, siblings;
	uint64_t samples; /* stop after so many kept samples ... */
	uint64_t budget_ns; /* ... or after so much time */
	uint64_t delay_ns; /* of `delay` */
	bool fifo, autogroup; /* which priority may be taken */
	bool perf; /* perf counting may be used */
};

/* Why samples were dropped; see cost/loop.c. */
struct cost_drops {
	uint64_t before, after, preempted, caller_preempted;
	uint64_t failed; /* with a call that failed */
};

struct cost_outcome {
	struct hist hist; /* ps per operation, clock cost subtracted */
	struct cost_drops drops;
	uint64_t calls; /* of the technique, with those of dropped samples */
	struct answers failures;
	uint64_t counted_ops, interrupts; /* of batches in which nothing was dropped */
	uint64_t ops_per_sample;
	enum priority priority;
	struct count_plan count;
	struct clock_facts clock;
	double seconds;
	bool refused; /* see attempt_write() */
	char reason[160]; /* why it could not run */
};

int cost_measure(const struct cost_setup *setup, struct cost_outcome *outcome, int progress_fd);

#endif
