/* One measurement of RCU: what is asked for, its threads, and what comes out of it. */
#ifndef FENCELAB_RCU_SESSION_H
#define FENCELAB_RCU_SESSION_H

#include <pthread.h>

#include "kit/clock.h"
#include "kit/hist.h"
#include "kit/thread.h"
#include "rcu/rcu.h"

struct rcu_setup {
	const struct rcu_flavour *flavour;
	int readers, writers;
	/* threads take CPUs in turn */
	const int *reader_cpus, *writer_cpus;
	int reader_cpu_count, writer_cpu_count;
	uint64_t budget_ns;
	bool torture; /* freed objects are poisoned and looked for, instead of counting speed */
	bool mutant;
	bool fifo, autogroup; /* which priority may be taken */
};

struct rcu_outcome {
	uint64_t reads, writes;
	uint64_t graces; /* grace periods: writers that wait at once share one */
	uint64_t stale; /* sections that saw an object change in their hands */
	struct hist read, grace; /* ps per section, mean of groups; ps per grace period */
	enum priority priority;
	struct clock_facts clock;
	double seconds; /* in which readers read and writers wrote */
	char reason[160];
};

/* What the pointer points to; 64 bits so that one load tells all of it. */
struct rcu_object {
	_Atomic uint64_t value;
};

struct rcu_session;

struct rcu_thread {
	CACHE_APART _Atomic uint32_t obeyed; /* the last order that it follows; 1 once it is ready */
	struct rcu_session *session;
	struct rcu_reader *reader; /* NULL for a writer */
	pthread_t thread;
	int cpu, tid, error;
	uint64_t count, stale, turn;
	uint64_t stride; /* of a writer: grace periods for each that is timed */
	struct hist hist;
	void *lines; /* the first reader's, that clog its store buffer */
	struct rcu_object *ring; /* a torturing writer's objects */
};

struct rcu_session {
	CACHE_APART struct rcu_object *_Atomic object;
	/* of readers and of writers: count of orders << 2 | enum crew_order; futexes */
	CACHE_APART _Atomic uint32_t order[2];
	struct rcu_domain domain;
	const struct rcu_setup *setup;
	struct rcu_outcome *outcome;
	struct rcu_thread *thread;
	int threads;
};

/* Whose order it is that a thread follows. */
enum rcu_side { RCU_READERS, RCU_WRITERS };

/* The value of a live object, and of one that was freed. */
#define RCU_LIVE 8ull
#define RCU_POISON 0xdeadull

void rcu_read_some(struct rcu_thread *t);
void rcu_write_some(struct rcu_thread *t);
int rcu_torture_open(struct rcu_thread *t, bool clogs);
void rcu_torture_close(struct rcu_thread *t);
void rcu_torture_read(struct rcu_thread *t);
void rcu_torture_write(struct rcu_thread *t);
int rcu_start_threads(struct rcu_session *s);
int rcu_measure(const struct rcu_setup *setup, struct rcu_outcome *outcome, int out);

#endif
