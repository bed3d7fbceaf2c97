/*
 * The callers of a cost measurement: threads that execute the heavy side and
 * time it.
 *
 * A sample is kept only if every sibling made progress right before and right
 * after it; loop.c says why.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "cost/session.h"
#include "kit/sys.h"

enum {
	/* time in which a running sibling must show progress: longer than a timer tick's handler */
	BEFORE_NS = 50000,
	AFTER_NS = 20000,
	/* the longest batch of the slowest technique is well below */
	CALLER_DEADLINE_S = 10,
};
/* What a caller reports once before its first batch. */
#define READY UINT32_MAX

/*
 * caller_sample - one sample, with proof; *ns is DROPPED without it.
 *
 * Calls that fail are counted, by their -errno, and the sample is dropped: how
 * long it takes to be refused is not what the technique costs. 0, or the -errno
 * of its preparation.
 */
int caller_sample(struct session *s, struct caller *me, uint64_t *ns)
{
	const struct technique *technique = me->fence.technique;
	bool gated = s->crew.siblings > 0, failed = false;
	int ret = 0;

	*ns = DROPPED;
	if (technique->prepare && !me->prepared) {
		ret = technique->prepare(&me->fence);
		if (ret)
			return ret;
		me->prepared = true;
	}
	if (gated && !crew_running(&s->crew, BEFORE_NS)) {
		me->drops.before++;
		return 0;
	}
	uint64_t start = now_ns();

	for (uint64_t i = 0; i < s->group; i++) {
		int answer = technique->heavy(&me->fence);

		if (answer) {
			answers_add(&me->failures, answer, 1);
			failed = true;
		}
	}
	uint64_t end = now_ns();

	me->prepared = false;
	me->calls += s->group;
	if (failed) {
		me->drops.failed++;
		return 0;
	}
	if (gated && !crew_running(&s->crew, AFTER_NS)) {
		me->drops.after++;
		return 0;
	}
	*ns = end - start;
	return 0;
}

/*
 * caller_stage - one stage of a batch: a tally, the samples, or another tally.
 *
 * All callers go through the stages together. An interrupt that arrives while a
 * caller waits for slower ones is then in its tally, too.
 */
void caller_stage(struct session *s, struct caller *me, uint32_t number)
{
	switch (number % STAGES) {
	case 0:
		tally_self(&me->before, &me->counter);
		break;
	case 1:
		for (int i = 0; i < s->batch && !me->error; i++)
			me->error = caller_sample(s, me, &me->sample[i]);
		break;
	default:
		tally_self(&me->after, &me->counter);
	}
}

static int caller_prepare(struct session *s, struct caller *me)
{
	/* above the siblings, so that affinity-walk gets in */
	int ret = thread_place(me->cpu, s->crew.priority, 2);

	me->tid = sys_gettid();
	if (!ret && s->outcome->count.source == COUNT_PERF)
		ret = counter_open(&me->counter, &s->outcome->count);
	return ret;
}

/* A caller besides the leader: goes through stages when told to. */
static void *caller_main(void *argument)
{
	struct caller *me = argument;
	struct session *s = me->session;

	me->error = caller_prepare(s, me);
	/* pairs with the acquire load in caller_await(): the error is visible */
	atomic_store_explicit(&me->done, READY, memory_order_release);
	for (uint32_t seen = 0;;) {
		/* pairs with the release stores in leader_batch() and callers_finish() */
		uint32_t go = atomic_load_explicit(&s->go, memory_order_acquire);

		if (go == seen) {
			arch_relax();
			sched_yield();
			continue;
		}
		if (go == GO_HOME)
			break;
		seen = go;
		caller_stage(s, me, go);
		/* pairs with the acquire load in caller_await(): samples and tallies come first */
		atomic_store_explicit(&me->done, go, memory_order_release);
	}
	counter_close(&me->counter);
	return NULL;
}

/*
 * caller_await - until a caller has finished what `number` stands for.
 *
 * 0, the caller's -errno, or -ETIMEDOUT when it does not get to run.
 */
int caller_await(const struct caller *c, uint32_t number)
{
	/* pairs with the release stores in caller_main() */
	int ret = await_word(&c->done, number, CALLER_DEADLINE_S * NSEC_PER_SEC);

	return ret ? ret : c->error;
}

/* callers_bind - give each caller its targets: siblings and the other callers. 0 or -ENOMEM. */
int callers_bind(struct session *s)
{
	for (int i = 0; i < s->setup->callers; i++) {
		struct caller *me = &s->caller[i];
		int n = 0;

		me->targets = calloc((size_t)(s->setup->callers + s->crew.siblings), sizeof(int));
		if (!me->targets)
			return -ENOMEM;
		for (int k = 0; k < s->crew.siblings; k++)
			me->targets[n++] = s->crew.sibling[k].tid;
		for (int k = 0; k < s->setup->callers; k++)
			if (k != i)
				me->targets[n++] = s->caller[k].tid;
		me->fence.targets = me->targets;
		me->fence.ntargets = n;
	}
	return 0;
}

/*
 * callers_start - start all callers and prepare the leader; 0 or -errno.
 *
 * The leader comes last: threads inherit its CPU and priority, and would wait for
 * it there forever.
 */
int callers_start(struct session *s)
{
	int ret = 0;

	for (int i = 0; i < s->setup->callers; i++) {
		s->caller[i].session = s;
		s->caller[i].cpu = s->setup->caller_cpus[i];
	}
	for (int i = 1; i < s->setup->callers && !ret; i++) {
		ret = -pthread_create(&s->caller[i].thread, NULL, caller_main, &s->caller[i]);
		s->caller[i].started = ret == 0;
		if (!ret)
			ret = caller_await(&s->caller[i], READY);
	}
	return ret ? ret : caller_prepare(s, &s->caller[0]);
}

/* The CPU that membarrier-rseq-cpu aims at: a sibling's, else the next caller's, else its own. */
static int aim(const struct cost_setup *setup, int caller)
{
	return setup->siblings ? setup->sibling_cpus[0] : setup->caller_cpus[(caller + 1) % setup->callers];
}

/*
 * callers_open - set the technique up for every caller; 0 or -errno with the reason.
 *
 * Setup comes before threads: registering with membarrier is then microseconds
 * instead of milliseconds.
 */
int callers_open(struct session *s)
{
	const struct cost_setup *setup = s->setup;
	int ret = 0;

	for (int i = 0; i < setup->callers && !ret; i++) {
		struct caller *c = &s->caller[i];

		ret = fence_open(&c->fence, setup->technique, aim(setup, i), setup->delay_ns);
		if (ret) {
			memcpy(s->outcome->reason, c->fence.reason, sizeof(c->fence.reason));
			s->outcome->refused = c->fence.refused;
		}
	}
	return ret;
}

/* callers_finish - end and join callers and siblings, undo the setup, sum the drops up. */
void callers_finish(struct session *s)
{
	struct cost_drops *drops = &s->outcome->drops;

	/* pairs with the acquire load in caller_main() */
	atomic_store_explicit(&s->go, GO_HOME, memory_order_release);
	crew_stop(&s->crew);
	for (int i = 0; i < s->setup->callers; i++) {
		struct caller *c = &s->caller[i];

		if (c->started)
			pthread_join(c->thread, NULL);
		drops->before += c->drops.before;
		drops->after += c->drops.after;
		drops->failed += c->drops.failed;
		answers_merge(&s->outcome->failures, &c->failures);
		s->outcome->calls += c->calls;
		fence_close(&c->fence);
		free(c->targets);
	}
	counter_close(&s->caller[0].counter);
}
