/* An RCU measurement: its threads in bursts, then adding up. */
#include <errno.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/crew.h"
#include "kit/sys.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "rcu/session.h"

enum {
	/* a thread obeys after a grace period, which waits for others' time slices where they share CPUs */
	OBEY_S = 20,
	OBEY_LOOK_NS = 50 * 1000,
	PROGRESS_MS = 200,
	/* `signal` of a torture looks for answers without sleeping for so long: they take some 10 us */
	PROMPT_NS = 50 * 1000,
};

/*
 * await_all - until all threads of a side follow its order; 0, a thread's error, or -ETIMEDOUT.
 *
 * Asleep, for the leader has a higher priority than the threads that it waits for.
 */
static int await_all(struct rcu_session *s, enum rcu_side side)
{
	uint32_t order = atomic_load_explicit(&s->order[side], memory_order_relaxed);
	uint64_t end = now_ns() + OBEY_S * NSEC_PER_SEC;
	int ret = 0;

	for (int i = 0; i < s->threads; i++) {
		if ((s->thread[i].reader != NULL) != (side == RCU_READERS))
			continue;
		/* pairs with the release store in obey() */
		while (atomic_load_explicit(&s->thread[i].obeyed, memory_order_acquire) != order) {
			if (now_ns() > end)
				return -ETIMEDOUT;
			sleep_ns(OBEY_LOOK_NS);
		}
		ret = ret ? ret : s->thread[i].error;
	}
	return ret;
}

static int give_order(struct rcu_session *s, enum rcu_side side, enum crew_order order)
{
	uint32_t before = atomic_load_explicit(&s->order[side], memory_order_relaxed);
	uint32_t next = ((before >> 2) + 1) << 2 | order;

	/* pairs with the acquire load in thread_main() */
	atomic_store_explicit(&s->order[side], next, memory_order_release);
	sys_futex(&s->order[side], FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
	return order == CREW_RUN ? 0 : await_all(s, side);
}

/* stop_all - end all threads, writers first, for they wait for readers; false: one did not end. */
static bool stop_all(struct rcu_session *s)
{
	bool writers = give_order(s, RCU_WRITERS, CREW_STOP) != -ETIMEDOUT;

	return give_order(s, RCU_READERS, CREW_STOP) != -ETIMEDOUT && writers;
}

/* tell - how far all is. */
static void tell(const struct rcu_session *s, uint64_t ran, int out)
{
	progress_send(out, (double)(s->setup->done_ns + ran) / (double)s->setup->whole_ns);
}

/*
 * run_for - let the threads run for a while.
 *
 * Readers read until the last grace period is over: it belongs to the time that is counted, for
 * either side.
 */
static int run_for(struct rcu_session *s, uint64_t ns, uint64_t *ran, int out)
{
	const uint64_t step = PROGRESS_MS * NSEC_PER_MSEC;
	uint64_t start = now_ns(), now = start;
	int ret = give_order(s, RCU_READERS, CREW_RUN);

	ret = ret ? ret : give_order(s, RCU_WRITERS, CREW_RUN);
	while (!ret && now - start < ns) {
		uint64_t left = ns - (now - start);

		sleep_ns(left < step ? left : step);
		now = now_ns();
		if (left > step)
			tell(s, *ran + now - start, out);
	}
	ret = ret ? ret : give_order(s, RCU_WRITERS, CREW_PAUSE);
	*ran += now_ns() - start;
	return ret ? ret : give_order(s, RCU_READERS, CREW_PAUSE);
}

static int run(struct rcu_session *s, int out)
{
	struct duty duty;
	uint64_t ran = 0, told = now_ns();
	int ret = 0;

	duty_choose(&duty, s->outcome->priority);
	while (!ret && ran < s->setup->budget_ns) {
		uint64_t left = s->setup->budget_ns - ran;

		ret = run_for(s, duty.burst_ns && duty.burst_ns < left ? duty.burst_ns : left, &ran, out);
		/* while the threads rest: writing wakes another process */
		if (now_ns() - told > PROGRESS_MS * NSEC_PER_MSEC) {
			tell(s, ran, out);
			told = now_ns();
		}
		sleep_ns(duty.pause_ns);
	}
	s->outcome->seconds += (double)ran / 1e9;
	return ret;
}

/* Threads of which each has a CPU: only they may have a priority at which nobody else gets a turn. */
static bool apart(const struct rcu_setup *setup)
{
	if (setup->readers > setup->reader_cpu_count || setup->writers > setup->writer_cpu_count)
		return false;
	for (int i = 0; i < setup->readers; i++)
		for (int k = 0; k < setup->writers; k++)
			if (setup->reader_cpus[i] == setup->writer_cpus[k])
				return false;
	return true;
}

static void add_up(struct rcu_session *s)
{
	struct rcu_outcome *o = s->outcome;

	o->graces += s->domain.graces;
	for (int i = 0; i < s->threads; i++) {
		struct rcu_thread *t = &s->thread[i];

		*(t->reader ? &o->reads : &o->writes) += t->count;
		o->stale += t->stale;
		for (int clog = 0; clog < RCU_CLOGS; clog++)
			o->caught[clog] += t->caught[clog];
		hist_merge(t->reader ? &o->read : &o->grace, &t->hist);
		rcu_torture_close(t);
	}
}

/* With the domain open: threads, their run, and their end; *lost says that a thread did not end. */
static int measure(struct rcu_session *s, int out, bool *lost)
{
	int ret = rcu_start_threads(s);

	if (!ret)
		ret = await_all(s, RCU_READERS);
	if (!ret)
		ret = await_all(s, RCU_WRITERS);
	if (!ret && s->outcome->priority == PRIORITY_FIFO)
		ret = thread_fifo(2);
	if (!ret)
		ret = run(s, out);
	*lost = !stop_all(s);
	if (*lost)
		return -ETIMEDOUT; /* the process ends now, and with it all that is in use */
	for (int i = 0; i < s->threads; i++)
		pthread_join(s->thread[i].thread, NULL);
	add_up(s);
	return ret;
}

static void explain(const struct rcu_session *s, int error)
{
	struct rcu_outcome *o = s->outcome;
	const char *reason = s->domain.fence.reason;

	o->refused = error && s->domain.fence.refused;
	if (reason[0])
		snprintf(o->reason, sizeof(o->reason), "%s", reason);
	else if (error)
		snprintf(o->reason, sizeof(o->reason), "%s: %s",
			 error == -ETIMEDOUT ? "a thread did not get to run or to answer" :
			 s->threads	     ? "a thread or its heavy fence failed" :
					       "the threads cannot start",
			 errno_name(-error));
}

/* rcu_outcome_reset - nothing was measured yet. */
void rcu_outcome_reset(struct rcu_outcome *outcome)
{
	memset(outcome, 0, sizeof(*outcome));
	hist_reset(&outcome->read);
	hist_reset(&outcome->grace);
}

/*
 * rcu_measure - run readers and writers as set up.
 *
 * 0 with *outcome, which was reset once, added to; or -errno, then outcome->reason says what could not be done.
 */
int rcu_measure(struct rcu_setup *setup, struct rcu_outcome *outcome, int out)
{
	struct rcu_session *s = aligned_alloc(_Alignof(struct rcu_session), sizeof(*s));
	struct rcu_object *first = calloc(1, sizeof(*first));
	bool lost = false;
	int ret = s && first ? 0 : -ENOMEM;

	if (ret)
		goto out;
	memset(s, 0, sizeof(*s));
	s->setup = setup;
	s->outcome = outcome;
	atomic_init(&s->order[RCU_READERS], CREW_PAUSE);
	atomic_init(&s->order[RCU_WRITERS], CREW_PAUSE);
	atomic_init(&first->value, RCU_LIVE);
	atomic_init(&s->object, first);
	clock_measure(&outcome->clock);
	ret = rcu_open(&s->domain, setup->flavour, setup->readers);
	s->domain.mutation = setup->mutation;
	if (setup->torture) {
		s->domain.fence.delay_ns = PROMPT_NS;
		setup->times->graces = 0;
	}
	s->crowded = !apart(setup);
	outcome->priority = priority_apply(setup->fifo && !s->crowded, setup->autogroup);
	ret = ret ? ret : measure(s, out, &lost);
	explain(s, ret);
	setup->done_ns += setup->budget_ns;
	if (lost)
		return ret;
	if (setup->torture)
		outcome->aimed += setup->times->graces;
	else /* torture leaves the last object to its ring */
		first = atomic_load_explicit(&s->object, memory_order_relaxed);
	rcu_close(&s->domain);
	free(s->thread);
out:
	free(first);
	free(s);
	return ret;
}
