/*
 * Perpetual store buffering: does a technique order memory?
 *
 *     light side, for ever                 heavy side
 *     clog the store buffer                x = ++i
 *     y = ++j                              technique
 *     light barrier                        ry = y
 *     log[j] = { j, x }                    wait for log[ry + 1] = { ry + 1, rx }
 *
 * The heavy side read y before the light side's store of ry + 1 was visible, so
 * where both sides are ordered the light side's load that follows that store
 * returns at least i. rx < i is an outcome that a fence forbids. No turn needs
 * both sides to start together (PerpLE: Melissaris, Markakis, Shaw, Martonosi,
 * "PerpLE: Improving the Speed and Effectiveness of Memory Consistency Testing",
 * MICRO 2020): a slow heavy side costs nothing, since the light side runs freely.
 *
 * Of several siblings each has its own x and y: the heavy side stores to all x,
 * calls once and loads all y.
 */
#ifndef FENCELAB_SB_H
#define FENCELAB_SB_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/clog.h"
#include "kit/count.h"
#include "kit/hist.h"
#include "kit/thread.h"
#include "technique/technique.h"

enum {
	/* turns that the light side may run ahead before the heavy side misses an entry */
	SB_LOG = 16384,
	/* turns between two naps, switches or exits of a light side that has a habit */
	SB_STINT = 2,
	/* siblings at most */
	SB_SIDES = 256,
};

/*
 * What the light side does between its barrier's two sides, and so what the heavy
 * side does to notice it. Names as litmus tests have them.
 */
enum sb_shape {
	SB_STORE_BUFFERING, /* store, load (scenario A of kernel/sched/membarrier.c) */
	SB_MESSAGE_PASSING, /* store, store (scenario B) */
	SB_LOAD_BUFFERING, /* load, store */
	SB_MESSAGE_READING, /* load, load: message passing with the sides changed */
};

/* Who the light side is. */
enum sb_relation {
	SB_THREAD, /* a sibling: thread of the same process */
	SB_PROCESS, /* another process, with shared memory only */
	SB_PROCESS_REGISTERED, /* the same, registered for GLOBAL_EXPEDITED */
	SB_SHARED_MM, /* another process that shares the address space: CLONE_VM without CLONE_THREAD */
};

/* What the light side does besides running (scenarios C and D of kernel/sched/membarrier.c). */
enum sb_habit {
	SB_SPIN, /* nothing */
	SB_SLEEP, /* sleeps now and then: its CPU switches to the idle task, a kernel thread */
	SB_SWITCH, /* yields to a thread of another process on its CPU */
	SB_EXIT, /* exits and is started again */
};

/* What the light side executes between its two accesses. */
enum sb_light { SB_BARRIER, SB_FENCE, SB_CALL };

enum sb_order { SB_PAUSE, SB_RUN, SB_WITNESS, SB_STOP };

/* Memory that the heavy side shares with one light side; written by one of them each, apart from each other. */
struct sb_shared {
	CACHE_APART _Atomic uint64_t x; /* heavy side; the light side's first store for message passing */
	CACHE_APART _Atomic uint64_t y; /* light side: number of its last turn */
	CACHE_APART _Atomic uint64_t flag; /* heavy side: its second store, for message reading */
	CACHE_APART _Atomic uint32_t order; /* heavy side: count of orders << 2 | enum sb_order */
	uint32_t clog, clogs; /* what RUN is to do; written before the order */
	uint64_t phase_ticks; /* mean length of a stretch with or without clogs */
	/* light side: whether it clogs; it says so through its store buffer, so 0 means that this is empty */
	CACHE_APART _Atomic uint32_t clogging;
	CACHE_APART _Atomic uint32_t obeyed; /* light side: the last order that it follows */
	int tid, error;
	uint64_t interrupts, involuntary; /* of its thread, at its last PAUSE */
	uint64_t disorder; /* loads that it saw change places, of message reading; at its last PAUSE */
	CACHE_APART _Atomic uint64_t looks; /* light side: turns of its witness loop … */
	_Atomic uint64_t witnessed; /* … and how many of them found that the kernel had been entered */
	CACHE_APART uint32_t reserved; /* what the witness of arm64 and ppc64le reserves */
	CACHE_APART _Atomic uint64_t log[SB_LOG]; /* light side: turn << 32 | what it read of x */
};

struct sb_setup {
	enum sb_shape shape;
	enum sb_relation relation;
	enum sb_habit habit;
	enum sb_light light;
	bool clog_caller; /* the heavy side's store buffer is clogged, not the light side's */
	int heavy_cpu, sides;
	const int *light_cpus;
	const struct count_plan *plan;
	enum priority priority;
};

/* One light side. */
struct sb_side {
	struct sb_shared *shared;
	const struct sb_setup *setup;
	struct fence *fence; /* of SB_CALL */
	int cpu;
	void *lines; /* that clog the store buffer; mapped by the light side */
	struct counter counter; /* light side's */
	pthread_t thread;
	pid_t process, partner; /* light side and whom it yields to; 0 where there is none */
	void *stack; /* of a process that shares the address space */
	uint64_t random, until, disorder; /* the light side's own: see light_turns() */
	bool clogging; /* what it says in shared->clogging */
};

struct sb {
	const struct sb_setup *setup;
	struct sb_side *side;
	int sides; /* that were started */
	int *targets; /* their thread ids, for `signal` */
	struct fence light_fence; /* of SB_CALL */
	void *lines; /* of a clogged caller */
	double ticks_per_ns, read_ns; /* of arch_ticks(), and what timing a turn costs */
	uint64_t i, at, random;
	bool clogged; /* whether the caller's store buffer was filled in this turn */
	struct duty duty;
	uint64_t burst_start;
};

/* Turns with one light side. */
struct sb_count {
	uint64_t iterations; /* turns with an answer */
	uint64_t weak; /* of them: outcomes that a fence forbids */
	uint64_t missed; /* turns whose entry was overwritten before it was seen */
	uint64_t ns, light_turns; /* duration and the light side's turns in it */
	uint64_t interrupts, involuntary; /* of the light side's thread */
};

/* How long turns took from the heavy side's first access to its second, ns net of timing itself. */
struct sb_times {
	uint32_t *ns;
	uint32_t n, room;
};

/* Turns in a row: what is asked, then what came of it. */
struct sb_phase {
	struct clog clog;
	uint64_t iterations, budget_ns;
	const struct sb_times *drawn; /* each turn of the delay is to last as long as one of these */
	struct sb_count *count; /* added to: one for each light side */
	struct sb_times *times; /* filled as far as there is room; or NULL */
	struct hist *hist; /* durations, ps; or NULL */
	struct hist *idle; /* of turns that met empty store buffers only; or NULL */
	struct hist *caught; /* of turns with a forbidden outcome; or NULL */
	uint64_t brief; /* turns of the delay that were shorter than what was drawn */
	uint64_t calls; /* turns that were begun */
};

int sb_start(struct sb *sb, const struct sb_setup *setup);
void sb_stop(struct sb *sb);
int sb_order(struct sb *sb, enum sb_order order);
int sb_breathe(struct sb *sb, enum sb_order resume);
int sb_settle(struct sb *sb, struct fence *f, struct clog clog);
int sb_turns(struct sb *sb, struct fence *f, struct sb_phase *phase);
int sb_witness(struct sb *sb, struct fence *f, int samples, uint64_t budget_ns, int *hits);
uint64_t sb_random(uint64_t *state);

void sb_light_loop(struct sb_side *side, uint32_t order, uint64_t turns);
void sb_witness_loop(struct sb_side *side, uint32_t order);
int sb_light_enter(struct sb_side *side);
void sb_light_life(struct sb_side *side);

#endif
