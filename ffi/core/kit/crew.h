/*
 * The crew of a measurement: sibling threads that keep running on their CPUs and
 * prove it, and the phases in which the leader reads their interrupt counters.
 */
#ifndef FENCELAB_CREW_H
#define FENCELAB_CREW_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/arch.h"
#include "kit/count.h"
#include "kit/thread.h"

/* What one thread has seen happen to itself since it started. */
struct tally {
	uint64_t interrupts;
	uint64_t involuntary; /* context switches that somebody else caused */
};

enum crew_order { CREW_RUN, CREW_REPORT, CREW_PAUSE, CREW_STOP };

/* Name of sibling threads, by which a trace shows them; at most 15 bytes (TASK_COMM_LEN). */
#define SIBLING_NAME "fencelab-sib"

struct crew;
struct sibling;

/* What a sibling does instead; it shows progress itself, and returns once crew->order is not `order`. */
typedef void crew_work(struct sibling *self, uint32_t order);

struct sibling {
	/* written on every turn of the sibling's loop: the proof that it runs */
	CACHE_APART _Atomic uint64_t progress;
	/* written by the sibling once per order, read by the leader after `obeyed` */
	CACHE_APART _Atomic uint32_t obeyed;
	struct tally tally;
	struct crew *crew;
	struct counter counter;
	pthread_t thread;
	int cpu, tid, error;
};

struct crew {
	CACHE_APART _Atomic uint32_t order; /* count of orders << 2 | enum crew_order */
	struct sibling *sibling;
	int siblings;
	const struct count_plan *plan;
	enum priority priority;
	crew_work *work; /* NULL: siblings do nothing but show progress */
	void *context; /* for `work` */
};

int crew_start(struct crew *crew, const int *cpus, int n, const struct count_plan *plan,
	       enum priority priority);
int crew_employ(struct crew *crew, const int *cpus, int n, const struct count_plan *plan,
		enum priority priority, crew_work *work, void *context);
int crew_order(struct crew *crew, enum crew_order order);
bool crew_running(const struct crew *crew, uint64_t within_ns);
void crew_tally(const struct crew *crew, struct tally *sum);
void crew_stop(struct crew *crew);
void tally_self(struct tally *tally, const struct counter *counter);

#endif
