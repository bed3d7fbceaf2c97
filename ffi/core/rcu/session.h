/* One measurement of RCU: what is asked for, its threads, and what comes out of it. */
#ifndef FENCELAB_RCU_SESSION_H
#define FENCELAB_RCU_SESSION_H

#include <pthread.h>

#include "kit/clock.h"
#include "kit/clog.h"
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
	enum rcu_mutation mutation;
	struct rcu_times *times; /* of a torture: how long heavy fences take */
	int best; /* of a torture: the clog that most groups of sections have; -1: all in turn */
	/* for progress: how long all measurements of the request take, and what is behind it */
	uint64_t whole_ns, done_ns;
	bool fifo, autogroup; /* which priority may be taken */
};

/* Clogs that torture tries: which of them holds a store longest depends on the machine. */
enum { RCU_CLOG_COUNTS = 10, RCU_CLOGS = (CLOG_KINDS - 1) * RCU_CLOG_COUNTS };

struct rcu_outcome {
	uint64_t reads, writes;
	uint64_t graces; /* grace periods: writers that wait at once share one */
	uint64_t aimed; /* of those, begun when a reader was seen to begin a section; of a control all */
	uint64_t caught[RCU_CLOGS]; /* of those below, by the clog before them */
	uint64_t stale; /* sections that saw an object change in their hands */
	struct hist read, grace; /* ps per section, mean of groups; ps per grace period */
	enum priority priority;
	struct clock_facts clock;
	double seconds; /* in which readers read and writers wrote */
	bool refused; /* see attempt_write() */
	char reason[160];
};

enum { RCU_ROUNDS = 8 };

/* The same without fences, in all and round by round. */
struct rcu_control {
	struct rcu_outcome outcome;
	uint64_t stale[RCU_ROUNDS], graces[RCU_ROUNDS];
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
	int cpu, error;
	uint64_t count, stale, turn;
	uint64_t stride; /* of a writer: grace periods for each that is timed */
	struct hist hist;
	void *lines; /* of a torturing reader that clogs its store buffer */
	uint64_t clogs, random;
	uint64_t caught[RCU_CLOGS];
	bool leaves; /* a torturing reader that is to make room for another thread */
	struct rcu_object *ring; /* a torturing writer's objects */
};

struct rcu_session {
	CACHE_APART struct rcu_object *_Atomic object;
	/* of a torture: counts sections that are about to begin with a clog, for writers to aim at */
	CACHE_APART _Atomic uint32_t aim;
	/* of readers and of writers: count of orders << 2 | enum crew_order; futexes */
	CACHE_APART _Atomic uint32_t order[2];
	struct rcu_domain domain;
	const struct rcu_setup *setup;
	struct rcu_outcome *outcome;
	struct rcu_thread *thread;
	int threads;
	bool crowded; /* some threads share a CPU */
};

/* Whose order it is that a thread follows. */
enum rcu_side { RCU_READERS, RCU_WRITERS };

/* The value of a live object, and of one that was freed. */
#define RCU_LIVE 8ull
#define RCU_POISON 0xdeadull

void rcu_read_some(struct rcu_thread *t);
void rcu_write_some(struct rcu_thread *t);
int rcu_torture_open(struct rcu_thread *t);
void rcu_torture_close(struct rcu_thread *t);
void rcu_torture_read(struct rcu_thread *t);
void rcu_torture_write(struct rcu_thread *t);
int rcu_start_threads(struct rcu_session *s);
void rcu_outcome_reset(struct rcu_outcome *outcome);
int rcu_measure(struct rcu_setup *setup, struct rcu_outcome *outcome, int out);
int rcu_torture(struct rcu_setup *setup, struct rcu_outcome *outcome, struct rcu_control *control, int out);

#endif
