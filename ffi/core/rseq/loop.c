/*
 * The threads of the rseq experiment: siblings in restartable sections, and the
 * caller that looks whether each of its calls restarts them.
 *
 *     caller                                  sibling
 *     see the word move within section s      word = s, turn; turn++    (again and again)
 *     technique, or a wait as long
 *     read the word; see what comes next
 *
 * A technique that restarts sections has done so when it returns: no store of
 * section s comes after that. So the next change of the word tells of each single
 * call: of another section, the call restarted it; of the same one, it went on.
 *
 * Preemption restarts sections, too, so the sibling tells of each restart whether
 * it was switched out meanwhile. Turns without a call, each as long as the call
 * before it, show how often that happens by itself, and that sections go on.
 */
#include "rseq/rseq.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "kit/attempt.h"
#include "kit/clock.h"
#include "kit/crew.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "rseq/section.h"

enum {
	SECTION_SHIFT =
		40, /* the word: number of the section, and turns in it below (18 minutes of 1 ns) */
	SEEN_MS = 3000, /* longer than any time slice or throttling period */
	SPINS = 1000, /* looks at a word between two at the clock */
	PROGRESS_MS = 200,
};

/* One sibling as it and the caller know it. */
struct dweller {
	CACHE_APART struct rseq_place place; /* the sibling's */
	bool entered;
	uint64_t section;
	_Atomic uint64_t restarts, switched; /* all, and those of a thread that was switched out */
	/* the caller's: in which section it was seen, and how many restarts of each kind came before */
	CACHE_APART uint64_t word;
	uint64_t unswitched;
};

struct trial {
	const struct rseq_setup *setup;
	struct rseq_outcome *outcome;
	struct fence fence;
	struct crew crew;
	struct dweller *dweller;
	int *tids;
	uint64_t call_ns; /* what the last call took */
};

/* How often the calling thread was switched out; in a section it cannot have wanted it. */
static uint64_t switches(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return (uint64_t)usage.ru_nivcsw;
}

static void add(_Atomic uint64_t *counter, uint64_t more)
{
	/* relaxed: one thread writes it; the fence in dwell() orders it */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + more,
			      memory_order_relaxed);
}

/* What a sibling does until it gets another order: one section, up to its end or restart. */
static void dwell(struct sibling *self, uint32_t order)
{
	struct trial *t = self->crew->context;
	struct dweller *d = &t->dweller[self - self->crew->sibling];

	/* refused it stays away, which ends the trial: the caller could register, so this does not happen */
	if (!d->entered && rseq_enter(&d->place))
		return;
	d->entered = true;
	uint64_t before = switches(), first = ++d->section << SECTION_SHIFT;

	/* pairs with the fence in unswitched(): the next section is seen after the counts of the last */
	arch_full_fence();
	if (!rseq_stay(&d->place, &self->progress, first, &self->crew->order, order))
		return;
	add(&d->switched, switches() != before);
	add(&d->restarts, 1);
}

/*
 * Wait until a sibling's word is another one; 0 or -ETIMEDOUT.
 *
 * Without relaxing: it changes within nanoseconds if the sibling is on its CPU,
 * and an emulator takes the hint for leave to pause for far longer.
 */
static int next_word(const struct sibling *sibling, uint64_t *word)
{
	uint64_t before = *word, end = 0;

	for (uint32_t turn = 1;; turn++) {
		*word = atomic_load_explicit(&sibling->progress, memory_order_relaxed);
		if (*word != before)
			return 0;
		if (turn % SPINS)
			continue;
		uint64_t now = now_ns();

		if (!end)
			end = now + SEEN_MS * NSEC_PER_MSEC;
		else if (now > end)
			return -ETIMEDOUT;
	}
}

static bool same_section(uint64_t one, uint64_t other)
{
	return one >> SECTION_SHIFT == other >> SECTION_SHIFT;
}

/* Restarts of which the scheduler is innocent, up to the section whose word was read. */
static uint64_t unswitched(const struct dweller *d)
{
	/* pairs with the fence in dwell() */
	arch_full_fence();
	uint64_t restarts = atomic_load_explicit(&d->restarts, memory_order_relaxed);

	return restarts - atomic_load_explicit(&d->switched, memory_order_relaxed);
}

/* Wait until a sibling is seen to run in a section, and note which one; 0 or -ETIMEDOUT. */
static int prove(const struct sibling *sibling, struct dweller *d)
{
	uint64_t word = atomic_load_explicit(&sibling->progress, memory_order_relaxed);

	do {
		d->word = word;
		int ret = next_word(sibling, &word);

		if (ret)
			return ret;
	} while (!same_section(word, d->word));
	d->word = word;
	d->unswitched = unswitched(d);
	return 0;
}

/* What has become of the section in which a sibling was seen; 0 or -ETIMEDOUT. */
static int watch(const struct sibling *sibling, const struct dweller *d, struct rseq_turns *turns)
{
	uint64_t word = atomic_load_explicit(&sibling->progress, memory_order_relaxed);
	int ret = same_section(word, d->word) ? next_word(sibling, &word) : 0;

	if (ret)
		return ret;
	turns->turns++;
	if (!same_section(word, d->word)) {
		bool alone = unswitched(d) != d->unswitched;

		turns->restarted += alone;
		turns->switched += !alone;
	}
	return 0;
}

static int call(struct trial *t)
{
	const struct technique *technique = t->setup->technique;
	uint64_t start = now_ns();
	int ret = technique->heavy(&t->fence);

	t->call_ns = now_ns() - start;
	return ret;
}

static void wait_as_long(const struct trial *t)
{
	uint64_t end = now_ns() + t->call_ns;

	while (now_ns() < end)
		;
}

/* One turn beside all siblings; 0, -ETIMEDOUT or the technique's -errno. */
static int turn(struct trial *t, enum rseq_kind kind)
{
	const struct technique *technique = t->setup->technique;
	int ret = kind == RSEQ_CALLED && technique->prepare ? technique->prepare(&t->fence) : 0;

	for (int i = 0; i < t->setup->siblings && !ret; i++)
		ret = prove(&t->crew.sibling[i], &t->dweller[i]);
	if (ret)
		return ret;
	if (kind == RSEQ_CALLED)
		ret = call(t);
	else
		wait_as_long(t);
	t->outcome->ns[kind] += t->call_ns;
	/* the words are read after the call, not before it */
	arch_full_fence();
	for (int i = 0; i < t->setup->siblings && !ret; i++)
		ret = watch(&t->crew.sibling[i], &t->dweller[i], &t->outcome->sibling[i].kind[kind]);
	return ret;
}

static int rest(struct trial *t, const struct duty *duty)
{
	int ret = crew_order(&t->crew, CREW_PAUSE);

	sleep_ns(duty->pause_ns);
	return ret ? ret : crew_order(&t->crew, CREW_RUN);
}

static int turn_many(struct trial *t, int out)
{
	const struct rseq_setup *setup = t->setup;
	uint64_t start = now_ns(), now = start, burst = start, told = start, calls = 0;
	struct duty duty;
	int ret = 0;

	duty_choose(&duty, t->outcome->priority);
	for (; !ret && calls < setup->calls && now - start < setup->budget_ns; calls++) {
		ret = turn(t, RSEQ_CALLED);
		ret = ret ? ret : turn(t, RSEQ_QUIET);
		now = now_ns();
		if (!ret && duty.burst_ns && now - burst > duty.burst_ns) {
			ret = rest(t, &duty);
			burst = now = now_ns();
		}
		if (now - told > PROGRESS_MS * NSEC_PER_MSEC) {
			double by_count = (double)calls / (double)setup->calls;
			double by_time = (double)(now - start) / (double)setup->budget_ns;

			progress_send(out, by_count > by_time ? by_count : by_time);
			told = now;
		}
	}
	t->outcome->seconds = (double)(now_ns() - start) / 1e9;
	return ret;
}

/* Whether this thread, and so its siblings, can be looked after; 0 or -errno with the reason. */
static int try_place(struct rseq_outcome *outcome)
{
	struct rseq_place place;
	int ret = rseq_enter(&place);

	if (!ret)
		ret = rseq_leave(&place);
	if (ret)
		snprintf(outcome->reason, sizeof(outcome->reason), "rseq: %s", errno_name(-ret));
	outcome->refused = ret && !error_passes(ret);
	return ret;
}

/* Start the siblings, then place the caller, whose CPU and priority a thread would inherit. */
static int place(struct trial *t)
{
	const struct rseq_setup *setup = t->setup;
	static const struct count_plan uncounted = { .source = COUNT_NONE };
	int ret = crew_employ(&t->crew, setup->sibling_cpus, setup->siblings, &uncounted,
			      t->outcome->priority, dwell, t);

	for (int i = 0; i < t->crew.siblings; i++)
		t->tids[i] = t->crew.sibling[i].tid;
	if (!ret)
		ret = thread_place(setup->caller_cpu, t->outcome->priority, 2);
	if (ret && ret != -ETIMEDOUT)
		snprintf(t->outcome->reason, sizeof(t->outcome->reason), "the threads cannot be placed: %s",
			 errno_name(-ret));
	return ret;
}

static int run_threads(struct trial *t, int out)
{
	const struct rseq_setup *setup = t->setup;
	bool late = setup->technique->flags & TECHNIQUE_LATE;
	int ret = late ? 0 : fence_open(&t->fence, setup->technique, setup->aim, 0);

	ret = ret ? ret : place(t);
	if (!ret && late)
		ret = fence_open(&t->fence, setup->technique, setup->aim, 0);
	t->fence.targets = t->tids;
	t->fence.ntargets = t->crew.siblings;
	ret = ret ? ret : turn_many(t, out);
	crew_stop(&t->crew);
	for (int i = 0; i < setup->siblings; i++)
		t->outcome->sibling[i].restarts =
			atomic_load_explicit(&t->dweller[i].restarts, memory_order_relaxed);
	t->outcome->starved = ret == -ETIMEDOUT;
	return t->outcome->starved ? 0 : ret;
}

/*
 * rseq_try - call a technique beside siblings in restartable sections, as set up.
 *
 * outcome->sibling has room for all. 0 with *outcome filled; or -errno, then
 * outcome->reason says what could not be done.
 */
int rseq_try(const struct rseq_setup *setup, struct rseq_outcome *outcome, int out)
{
	struct trial t = { .setup = setup, .outcome = outcome };
	size_t n = (size_t)setup->siblings;
	int ret = try_place(outcome);

	if (ret)
		return ret;
	t.dweller = aligned_alloc(_Alignof(struct dweller), n * sizeof(struct dweller));
	t.tids = calloc(n, sizeof(int));
	if (t.dweller && t.tids) {
		memset(t.dweller, 0, n * sizeof(struct dweller));
		outcome->priority = priority_apply(setup->fifo, setup->autogroup);
		ret = run_threads(&t, out);
	} else {
		ret = -ENOMEM;
	}
	if (ret && !outcome->reason[0])
		snprintf(outcome->reason, sizeof(outcome->reason), "%s",
			 t.fence.reason[0] ? t.fence.reason : errno_name(-ret));
	outcome->refused = ret && t.fence.refused;
	fence_close(&t.fence);
	free(t.dweller);
	free(t.tids);
	return ret;
}
