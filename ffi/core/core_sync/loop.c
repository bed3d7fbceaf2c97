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
 *
 * They are there only if they were fetched before the maintenance was over, whereas
 * `before` was read after the publication: the load must be on its way for as long
 * as maintenance and publication take. A load that the caches answer is not, and no
 * call would ever be stale, with or without the technique. So the load is made to
 * last longer than maintenance was measured to, by way of lines of memory.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core_sync/trial.h"
#include "kit/attempt.h"
#include "kit/clock.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum {
	CALLS_EACH = 8, /* calls of each version that the caller waits for ... */
	SEEN_MS = 1, /* ... but no longer than this */
	SETTLE_MS = 2, /* after the last modification everything is visible ... */
	AFTER_MS = 50, /* ... and must stay so */
	PROGRESS_MS = 200,
	OUTLAST = 2, /* the sibling's load lasts so many times as long */
	LINE_TRIALS = 9,
	JITTER_TURNS = 32,
	TURNS_PER_NS = 4, /* of an empty loop, on a fast CPU */
};

static void publish(struct trial *t, uint64_t version)
{
	/* pairs with the acquire loads in sibling_call(): the code is replaced before */
	atomic_store_explicit(&t->published, version, memory_order_release);
	/* the next replacement comes after this publication: code_age() relies on it */
	arch_full_fence();
}

/* The middle one of n times, which are sorted. */
static uint64_t median(uint64_t *times, int n)
{
	for (int i = 1; i < n; i++)
		for (int j = i; j > 0 && times[j - 1] > times[j]; j--) {
			uint64_t less = times[j];

			times[j] = times[j - 1];
			times[j - 1] = less;
		}
	return times[n / 2];
}

/* line_ns - what one line from memory adds to a load. */
static double line_ns(struct trial *t)
{
	uint64_t took[LINE_TRIALS];

	for (int i = 0; i < LINE_TRIALS; i++) {
		detour_drop(t, DETOURS);
		arch_full_fence();
		uint64_t start = now_ns();

		detour_load(t, DETOURS);
		took[i] = now_ns() - start;
	}
	return (double)(median(took, LINE_TRIALS) + 1) / DETOURS;
}

/* Make the sibling's load outlast what replacing the code takes, as far as the lines reach. */
static void send_round(struct trial *t)
{
	double each = line_ns(t), maintenance = (double)median(t->patched_ns, PATCHES_TIMED);
	double lines = OUTLAST * maintenance / each + 1;
	uint32_t detours = lines > DETOURS ? DETOURS : (uint32_t)lines;

	t->outcome->maintenance_ns = maintenance;
	t->outcome->load_ns = detours * each;
	atomic_store_explicit(&t->detours, detours, memory_order_relaxed);
}

/* Replace the code; the first times tell how long that takes beside a sibling that runs it. */
static void patch(struct trial *t, uint64_t version)
{
	if (t->timed == PATCHES_TIMED) {
		code_patch(&t->code, version);
		return;
	}
	uint64_t start = now_ns();

	code_patch(&t->code, version);
	t->patched_ns[t->timed++] = now_ns() - start;
	if (t->timed == PATCHES_TIMED)
		send_round(t);
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
		patch(t, version);
	ret = technique->heavy(&t->fence);
	if (t->setup->order == PUBLISH_FIRST)
		patch(t, version);
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

/*
 * Vary where in the sibling's loop the replacement hits: a wait by a linear
 * congruence, of up to as long as the sibling's load takes.
 */
static void jitter(const struct trial *t, uint32_t *seed)
{
	uint32_t most = JITTER_TURNS + (uint32_t)(t->outcome->load_ns * TURNS_PER_NS);

	*seed = *seed * 1664525 + 1013904223; /* Numerical Recipes */
	for (uint64_t turns = (uint64_t)*seed * most >> 32; turns; turns--)
		compiler_barrier();
}

static int rest(struct trial *t, const struct duty *duty)
{
	int ret = sibling_order(t, CREW_PAUSE);

	sleep_ns(duty->pause_ns);
	return ret ? ret : sibling_order(t, CREW_RUN);
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
		jitter(t, &seed);
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

/* Start the sibling, then place the caller, whose CPU and priority a thread would inherit. */
static int place(struct trial *t)
{
	int ret = sibling_start(t);

	if (!ret)
		ret = thread_place(t->setup->caller_cpu, t->outcome->priority, 2);
	if (ret && ret != -ETIMEDOUT)
		snprintf(t->outcome->reason, sizeof(t->outcome->reason), "the threads cannot be placed: %s",
			 errno_name(-ret));
	return ret;
}

static int run_threads(struct trial *t, int out)
{
	bool late = t->setup->technique->flags & TECHNIQUE_LATE;
	int ret = late ? 0 : fence_open(&t->fence, t->setup->technique, t->setup->sibling_cpu, 0);

	ret = ret ? ret : place(t);
	if (!ret && late)
		ret = fence_open(&t->fence, t->setup->technique, t->setup->sibling_cpu, 0);
	t->fence.targets = &t->sibling_tid;
	t->fence.ntargets = 1;
	ret = ret ? ret : modify_many(t, out);
	sibling_stop(t);
	t->outcome->starved = ret == -ETIMEDOUT;
	return t->outcome->starved ? 0 : ret;
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

	outcome->refused = ret && !error_passes(ret);
	if (ret)
		return ret;
	outcome->priority = priority_apply(setup->fifo, setup->autogroup);
	ret = run_threads(&trial, out);
	if (ret && !outcome->reason[0])
		snprintf(outcome->reason, sizeof(outcome->reason), "%s",
			 trial.fence.reason[0] ? trial.fence.reason : errno_name(-ret));
	outcome->refused = ret && trial.fence.refused;
	fence_close(&trial.fence);
	code_unmap(&trial.code);
	return ret;
}
