/*
 * What one process's fences cost others: a victim on its CPU, callers on theirs,
 * in blocks with and without the storm in turns, so that both meet the same load.
 */
#ifndef FENCELAB_DISTURBANCE_H
#define FENCELAB_DISTURBANCE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/hist.h"
#include "kit/thread.h"
#include "technique/technique.h"

enum {
	DISTURBANCE_BLOCKS = 512, /* of each kind, at most; a test compares all three with the plan's */
	DISTURBANCE_CALLERS = 64,
	BLOCK_MS = 40,
};

/* Whose thread the victim is. */
enum victim_kin { VICTIM_SAME_PROCESS, VICTIM_OTHER_PROCESS, VICTIM_REGISTERED };

/* What the victim does. */
enum victim_work {
	VICTIM_WAKES, /* wakes up periodically: latency from the due time */
	VICTIM_RUNS, /* reads the clock: gaps are time that was stolen */
	VICTIM_SLEEPS, /* sleeps until told otherwise: counts how often it is woken */
	VICTIM_CALLS, /* calls the technique itself: latency */
};

enum phase { PHASE_REST, PHASE_QUIET, PHASE_STORM, PHASE_END };

/* What a victim found in one block. */
struct block {
	struct hist hist; /* ps: latencies, or gaps */
	uint64_t ns, stolen_ns; /* duration, and gaps in it */
	uint64_t woken; /* times that it was woken */
};

/* Memory shared with a victim in another process. */
struct disturbance_shared {
	CACHE_APART _Atomic uint32_t phase; /* leader: count << 2 | enum phase; a futex */
	CACHE_APART _Atomic uint32_t answered; /* victim: the phase whose block is complete */
	_Atomic int error;
	int tid;
	struct block block;
};

struct disturbance_setup {
	const struct technique *technique;
	enum victim_kin kin;
	enum victim_work work;
	bool victim_fifo; /* SCHED_FIFO, else like everybody */
	bool occupied; /* a thread of the victim's process keeps its CPU busy */
	int caller_cpu[DISTURBANCE_CALLERS], callers;
	int victim_cpu;
	uint64_t rate_hz; /* calls per second of each caller; 0: as many as it can */
	uint64_t budget_ns;
};

/* Quiet blocks and those with the storm, each with the median or share of every block. */
struct disturbance_side {
	struct hist hist;
	uint64_t ns, stolen_ns, woken, interrupts;
	double each[DISTURBANCE_BLOCKS]; /* ns: median of the block; VICTIM_RUNS: share stolen */
	int blocks;
};

struct disturbance_outcome {
	int error;
	bool refused; /* see attempt_write() */
	char reason[200];
	struct disturbance_side side[2]; /* quiet, storm */
	uint64_t ops;
	bool counted; /* interrupts of the victim's CPU could be read */
	enum priority priority;
	double seconds;
};

struct disturbance {
	const struct disturbance_setup *setup;
	struct disturbance_shared *shared;
	struct fence victim_fence; /* of VICTIM_CALLS */
	struct stormer *stormer; /* callers besides the leader, by their places in the setup */
	_Atomic uint64_t ops; /* of all callers */
	pthread_t victim, occupant, companion;
	pid_t process; /* of a victim elsewhere, else 0 */
	enum priority priority;
	struct clock_facts clock;
	uint64_t gap_ns; /* between two readings of the clock: a longer one was stolen */
	bool victim_started, occupant_started, companion_started;
	_Atomic bool over; /* ends the occupant */
	_Atomic uint32_t dismissed; /* 1: ends the companion; a futex */
};

/* phase_now - the phase with its count. */
static inline uint32_t phase_now(const struct disturbance *d)
{
	/* pairs with the release store in victim_phase() */
	return atomic_load_explicit(&d->shared->phase, memory_order_acquire);
}

void victim_life(struct disturbance *d);
int victim_start(struct disturbance *d);
void victim_stop(struct disturbance *d);
int occupant_start(struct disturbance *d);
int companion_start(struct disturbance *d, int cpu);
void companion_stop(struct disturbance *d);
int storm_until(struct disturbance *d, struct fence *f, uint64_t end);
bool stormers_run_in_quiet(const struct disturbance *d);
void idle_away(const struct disturbance *d, uint32_t phase, uint64_t end);
int stormers_start(struct disturbance *d, struct disturbance_outcome *o);
int stormers_rest(const struct disturbance *d);
void stormers_stop(struct disturbance *d);
void disturbance_reason(struct disturbance_outcome *o, const struct fence *f);
int victim_phase(struct disturbance *d, enum phase phase);
int victim_answer(const struct disturbance *d);
void disturbance_measure(const struct disturbance_setup *setup, struct disturbance_outcome *o, int out);

#endif
