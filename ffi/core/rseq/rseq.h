/* The rseq experiment: what is tried, and what comes out of it. */
#ifndef FENCELAB_RSEQ_H
#define FENCELAB_RSEQ_H

#include <stdbool.h>
#include <stdint.h>

#include "kit/thread.h"
#include "technique/technique.h"

/* Parameters of one trial. */
struct rseq_setup {
	const struct technique *technique;
	int caller_cpu, siblings;
	const int *sibling_cpus;
	int aim; /* the CPU that membarrier-rseq-cpu aims at */
	uint64_t calls; /* stop after so many ... */
	uint64_t budget_ns; /* ... or after so much time */
	bool fifo, autogroup; /* which priority may be taken */
};

/*
 * Turns of one kind: a sibling was seen in a section before each of them. Those of
 * which the section went on are the others.
 */
struct rseq_turns {
	uint64_t turns;
	uint64_t restarted; /* without being switched out */
	uint64_t switched; /* restarted, but the thread was switched out meanwhile */
};

/* With a call, and as long without one. */
enum rseq_kind { RSEQ_CALLED, RSEQ_QUIET, RSEQ_KINDS };

/* What was seen of one sibling. */
struct rseq_seen {
	struct rseq_turns kind[RSEQ_KINDS];
	uint64_t restarts; /* all, also those outside of turns */
};

struct rseq_outcome {
	struct rseq_seen *sibling; /* as many as there are; the caller's */
	uint64_t ns[RSEQ_KINDS]; /* what the turns of each kind took together */
	bool starved; /* a thread did not get to run for seconds, which ended it */
	enum priority priority;
	double seconds;
	bool refused; /* see attempt_write() */
	char reason[160]; /* why it could not run */
};

int rseq_try(const struct rseq_setup *setup, struct rseq_outcome *outcome, int out);

#endif
