/*
 * The two threads of the core-sync experiment: the caller of the technique, which
 * replaces code, and its sibling, which runs it.
 *
 *     caller                          sibling
 *     replace the code                before = published      (acquire)
 *     maintain caches                 call the code
 *     technique                       after = published       (acquire)
 *     published = version (release)
 *
 * A call that returns a version older than `before` ran instructions that had
 * been replaced before it began. The acquire loads order loads, not the fetching
 * of instructions: without a context synchronisation of the sibling's core, which
 * is the technique's to bring about, old ones may still be in its pipeline.
 */
#include "core_sync.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "clock.h"
#include "core_sync_code.h"
#include "crew.h"
#include "experiment.h"
#include "json.h"
#include "sys.h"

enum {
	CALLS_EACH = 8, /* calls of each version that the caller waits for ... */
	SEEN_MS = 1, /* ... but no longer than this */
	OBEY_S = 3, /* longer than any time slice or throttling period */
	SETTLE_MS = 2, /* after the last modification everything is visible ... */
	AFTER_MS = 50, /* ... and must stay so */
	PROGRESS_MS = 200,
};

struct trial {
	/* written by the caller */
	CACHE_APART _Atomic uint64_t published;
	_Atomic uint32_t order; /* count of orders << 2 | enum crew_order */
	/* written by the sibling after each call */
	CACHE_APART _Atomic uint64_t calls;
	_Atomic uint64_t stale, unknown, stale_versions;
	uint64_t last_stale; /* publication whose stale calls are counted already, plus one */
	/* once per order */
	CACHE_APART _Atomic uint32_t obeyed;
	const struct core_sync_setup *setup;
	struct core_sync_outcome *outcome;
	struct code code;
	struct fence fence;
	pthread_t sibling;
	int sibling_tid, error;
};

static void add(_Atomic uint64_t *counter)
{
	/* relaxed: one thread writes it, nothing else is read by it */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

/* sibling_call - one call; no barrier or system call may come between the loads and the call. */
static void sibling_call(struct trial *t)
{
	/* both pair with the release store in publish() */
	uint64_t before = atomic_load_explicit(&t->published, memory_order_acquire);
	uint32_t returned = code_call(&t->code);
	uint64_t after = atomic_load_explicit(&t->published, memory_order_acquire);
	enum call_age age = code_age(before, after, returned);

	if (age == CALL_STALE) {
		add(&t->stale);
		if (t->last_stale != before + 1)
			add(&t->stale_versions);
		t->last_stale = before + 1;
	}
	if (age == CALL_UNKNOWN)
		add(&t->unknown);
	add(&t->calls);
}

static void *sibling_main(void *argument)
{
	struct trial *t = argument;
	uint32_t seen = 0;

	prctl(PR_SET_NAME, SIBLING_NAME);
	t->sibling_tid = sys_gettid();
	t->error = thread_pin(t->setup->sibling_cpu);
	if (!t->error && t->outcome->priority == PRIORITY_FIFO)
		t->error = thread_fifo(1); /* below the caller, so that affinity-walk gets in */
	/* pairs with the acquire load in await_obeyed(): tid and error are visible */
	atomic_store_explicit(&t->obeyed, 1, memory_order_release);
	while (!t->error) {
		uint32_t order = atomic_load_explicit(&t->order, memory_order_relaxed);

		if (order == seen) {
			sibling_call(t);
			continue;
		}
		seen = order;
		/* pairs with the acquire load in await_obeyed() */
		atomic_store_explicit(&t->obeyed, order, memory_order_release);
		if ((order & 3) == CREW_STOP)
			break;
		if ((order & 3) == CREW_PAUSE)
			sys_futex(&t->order, FUTEX_WAIT_PRIVATE, order, NULL);
	}
	return NULL;
}

static int await_obeyed(struct trial *t, uint32_t wanted)
{
	struct patience patience = { 0 };

	while (atomic_load_explicit(&t->obeyed, memory_order_acquire) != wanted)
		if (patience_lost(&patience, OBEY_S * NSEC_PER_SEC))
			return -ETIMEDOUT;
	return 0;
}

static int give_order(struct trial *t, enum crew_order order)
{
	uint32_t before = atomic_load_explicit(&t->order, memory_order_relaxed);
	uint32_t next = ((before >> 2) + 1) << 2 | order;

	atomic_store_explicit(&t->order, next, memory_order_relaxed);
	if ((before & 3) == CREW_PAUSE)
		sys_futex(&t->order, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
	return await_obeyed(t, next);
}

static void publish(struct trial *t, uint64_t version)
{
	/* pairs with the acquire loads in sibling_call(): the code is replaced before */
	atomic_store_explicit(&t->published, version, memory_order_release);
	/* the next replacement comes after this publication: code_age() relies on it */
	arch_full_fence();
}

/* modify - replace the code once, in the order that is asked for; 0 or the technique's -errno. */
static int modify(struct trial *t, uint64_t version)
{
	const struct technique *technique = t->fence.technique;
	int ret = technique->prepare ? technique->prepare(&t->fence) : 0;

	if (ret)
		return ret;
	if (t->setup->order == PUBLISH_FIRST)
		publish(t, version);
	else
		code_patch(&t->code, version);
	ret = technique->heavy(&t->fence);
	if (t->setup->order == PUBLISH_FIRST)
		code_patch(&t->code, version);
	else
		publish(t, version);
	return ret;
}

/* await_calls - until the sibling has called the new code a few times; false if it does not. */
static bool await_calls(struct trial *t)
{
	uint64_t first = atomic_load_explicit(&t->calls, memory_order_relaxed);
	struct patience patience = { 0 };

	while (atomic_load_explicit(&t->calls, memory_order_relaxed) - first < CALLS_EACH)
		if (patience_lost(&patience, SEEN_MS * NSEC_PER_MSEC))
			return false;
	return true;
}

/* Vary where in the sibling's loop the replacement hits: a short wait, by a linear congruence. */
static void jitter(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223; /* Numerical Recipes */
	for (uint32_t turns = *seed >> 27; turns; turns--)
		compiler_barrier();
}

static int rest(struct trial *t, const struct duty *duty)
{
	int ret = give_order(t, CREW_PAUSE);

	sleep_ns(duty->pause_ns);
	return ret ? ret : give_order(t, CREW_RUN);
}

/* What the sibling still runs when nothing has been replaced for a while. */
static void watch_after_end(struct trial *t)
{
	sleep_ns(SETTLE_MS * NSEC_PER_MSEC);
	uint64_t stale = atomic_load_explicit(&t->stale, memory_order_relaxed);

	sleep_ns(AFTER_MS * NSEC_PER_MSEC);
	t->outcome->stale_after_end = atomic_load_explicit(&t->stale, memory_order_relaxed) - stale;
}

static int modify_many(struct trial *t, int out)
{
	const struct core_sync_setup *setup = t->setup;
	struct core_sync_outcome *o = t->outcome;
	uint64_t start = now_ns(), now = start, burst = start, told = start;
	uint32_t seed = 1;
	struct duty duty;
	int ret = 0;

	duty_choose(&duty, o->priority);
	while (!ret && o->modifications < setup->modifications && now - start < setup->budget_ns) {
		ret = modify(t, ++o->modifications);
		o->unseen += !await_calls(t);
		jitter(&seed);
		now = now_ns();
		if (!ret && duty.burst_ns && now - burst > duty.burst_ns) {
			ret = rest(t, &duty);
			burst = now = now_ns();
		}
		if (now - told > PROGRESS_MS * NSEC_PER_MSEC) {
			double by_count = (double)o->modifications / (double)setup->modifications;
			double by_time = (double)(now - start) / (double)setup->budget_ns;

			progress_send(out, by_count > by_time ? by_count : by_time);
			told = now;
		}
	}
	if (!ret)
		watch_after_end(t);
	o->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

/* With the sibling running; 0 or -errno. */
static int with_sibling(struct trial *t, bool late, int out)
{
	int ret = await_obeyed(t, 1);

	ret = ret ? ret : t->error;
	if (!ret)
		ret = thread_pin(t->setup->caller_cpu);
	if (!ret && t->outcome->priority == PRIORITY_FIFO)
		ret = thread_fifo(2);
	if (ret) {
		snprintf(t->outcome->reason, sizeof(t->outcome->reason),
			 "the threads cannot be placed: %s", errno_name(-ret));
		return ret;
	}
	if (late)
		ret = fence_open(&t->fence, t->setup->technique, t->setup->sibling_cpu, 0);
	t->fence.targets = &t->sibling_tid;
	t->fence.ntargets = 1;
	return ret ? ret : modify_many(t, out);
}

static int run_threads(struct trial *t, int out)
{
	bool late = t->setup->technique->flags & TECHNIQUE_LATE;
	int ret = late ? 0 : fence_open(&t->fence, t->setup->technique, t->setup->sibling_cpu, 0);

	if (!ret)
		ret = -pthread_create(&t->sibling, NULL, sibling_main, t);
	if (ret)
		return ret;
	ret = with_sibling(t, late, out);
	give_order(t, CREW_STOP);
	pthread_join(t->sibling, NULL);
	t->outcome->calls = atomic_load_explicit(&t->calls, memory_order_relaxed);
	t->outcome->stale = atomic_load_explicit(&t->stale, memory_order_relaxed);
	t->outcome->stale_versions = atomic_load_explicit(&t->stale_versions, memory_order_relaxed);
	t->outcome->unknown = atomic_load_explicit(&t->unknown, memory_order_relaxed);
	return ret;
}

/*
 * core_sync_try - replace code under a running thread, as set up.
 *
 * 0 with *outcome filled; or -errno, then outcome->reason says what could not be done.
 */
int core_sync_try(const struct core_sync_setup *setup, struct core_sync_outcome *outcome, int out)
{
	struct trial trial = { .setup = setup, .outcome = outcome };

	memset(outcome, 0, sizeof(*outcome));
	int ret = code_map(&trial.code, outcome->reason, sizeof(outcome->reason));

	if (ret)
		return ret;
	outcome->priority = priority_apply(setup->fifo, setup->autogroup);
	ret = run_threads(&trial, out);
	if (ret && !outcome->reason[0])
		snprintf(outcome->reason, sizeof(outcome->reason), "%s",
			 trial.fence.reason[0] ? trial.fence.reason : errno_name(-ret));
	fence_close(&trial.fence);
	code_unmap(&trial.code);
	return ret;
}
