/* Sibling threads: starting, ordering about, and proof that they run. */
#include "kit/crew.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "kit/clock.h"
#include "kit/sys.h"

/* Longer than any time slice or throttling period; beyond it a sibling counts as starved. */
enum { ORDER_DEADLINE_S = 3 };

/* tally_self - the calling thread's own interrupts and involuntary switches. */
void tally_self(struct tally *tally, const struct counter *counter)
{
	struct rusage usage;

	tally->interrupts = counter_read(counter);
	getrusage(RUSAGE_THREAD, &usage);
	tally->involuntary = (uint64_t)usage.ru_nivcsw;
}

static int prepare(struct sibling *self)
{
	/* below the callers, so that affinity-walk gets in */
	int ret = thread_place(self->cpu, self->crew->priority, 1);

	if (!ret && self->crew->plan->source == COUNT_PERF)
		ret = counter_open(&self->counter, self->crew->plan);
	return ret;
}

/*
 * sibling_main - spin in user mode, write progress (or do the crew's work), obey orders.
 *
 * The loop holds no system call and no barrier: this is the light side's thread.
 */
static void *sibling_main(void *argument)
{
	struct sibling *self = argument;
	struct crew *crew = self->crew;
	uint32_t seen = 0;
	uint64_t turns = 0;

	prctl(PR_SET_NAME, SIBLING_NAME);
	self->tid = sys_gettid();
	self->error = prepare(self);
	/* pairs with the acquire load in crew_start(): tid and error are visible */
	atomic_store_explicit(&self->obeyed, 1, memory_order_release);
	if (self->error)
		return NULL;
	for (;;) {
		/* pairs with the release store in crew_order() */
		uint32_t order = atomic_load_explicit(&crew->order, memory_order_acquire);

		if (order == seen && crew->work) {
			crew->work(self, order);
			continue;
		}
		if (order == seen) {
			atomic_store_explicit(&self->progress, ++turns, memory_order_relaxed);
			continue;
		}
		seen = order;
		if ((order & 3) == CREW_REPORT)
			tally_self(&self->tally, &self->counter);
		/* pairs with the acquire load in crew_order(): the tally comes first */
		atomic_store_explicit(&self->obeyed, order, memory_order_release);
		if ((order & 3) == CREW_STOP)
			break;
		if ((order & 3) == CREW_PAUSE)
			sys_futex(&crew->order, FUTEX_WAIT_PRIVATE, order, NULL);
	}
	counter_close(&self->counter);
	return NULL;
}

/* await - until a sibling's answer is `wanted`; -ETIMEDOUT when it does not get to run. */
static int await(const struct sibling *sibling, uint32_t wanted)
{
	/* pairs with the release stores in sibling_main() */
	return await_word(&sibling->obeyed, wanted, ORDER_DEADLINE_S * NSEC_PER_SEC);
}

/*
 * crew_start - one pinned sibling per CPU of `cpus`; 0 or -errno, then nothing is left running.
 *
 * -EINVAL: a CPU is offline or not allowed.
 */
int crew_start(struct crew *crew, const int *cpus, int n, const struct count_plan *plan,
	       enum priority priority)
{
	return crew_employ(crew, cpus, n, plan, priority, NULL, NULL);
}

/* crew_employ - the same with siblings that have work to do, for which crew->context is. */
int crew_employ(struct crew *crew, const int *cpus, int n, const struct count_plan *plan,
		enum priority priority, crew_work *work, void *context)
{
	int ret = 0;

	memset(crew, 0, sizeof(*crew));
	crew->plan = plan;
	crew->priority = priority;
	crew->work = work;
	crew->context = context;
	if (n == 0)
		return 0;
	crew->sibling = aligned_alloc(_Alignof(struct sibling), (size_t)n * sizeof(struct sibling));
	if (!crew->sibling)
		return -ENOMEM;
	memset(crew->sibling, 0, (size_t)n * sizeof(struct sibling));
	for (int i = 0; i < n && !ret; i++) {
		struct sibling *sibling = &crew->sibling[i];

		sibling->crew = crew;
		sibling->cpu = cpus[i];
		ret = -pthread_create(&sibling->thread, NULL, sibling_main, sibling);
		if (ret)
			break;
		crew->siblings++;
		ret = await(sibling, 1);
		if (!ret)
			ret = sibling->error;
	}
	if (ret)
		crew_stop(crew);
	return ret;
}

/* crew_order - give an order and wait until all siblings obey; 0 or -ETIMEDOUT. */
int crew_order(struct crew *crew, enum crew_order order)
{
	uint32_t before = atomic_load_explicit(&crew->order, memory_order_relaxed);
	uint32_t next = ((before >> 2) + 1) << 2 | order;
	int ret = 0;

	/* pairs with the acquire load in sibling_main() */
	atomic_store_explicit(&crew->order, next, memory_order_release);
	if ((before & 3) == CREW_PAUSE)
		sys_futex(&crew->order, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
	for (int i = 0; i < crew->siblings && !ret; i++)
		if (!crew->sibling[i].error)
			ret = await(&crew->sibling[i], next);
	return ret;
}

/*
 * crew_running - have all siblings made progress since the call, within `within_ns`?
 *
 * This is the proof a sample needs on both of its sides: a sibling that is not
 * on its CPU gets no interrupt, and the technique then shows its fast path.
 */
bool crew_running(const struct crew *crew, uint64_t within_ns)
{
	uint64_t deadline = 0;

	for (int i = 0; i < crew->siblings; i++) {
		const _Atomic uint64_t *progress = &crew->sibling[i].progress;
		uint64_t first = atomic_load_explicit(progress, memory_order_relaxed);

		while (atomic_load_explicit(progress, memory_order_relaxed) == first) {
			uint64_t now = now_ns();

			if (!deadline)
				deadline = now + within_ns;
			else if (now > deadline)
				return false;
		}
	}
	return true;
}

/* crew_tally - sum over siblings of what they last reported. */
void crew_tally(const struct crew *crew, struct tally *sum)
{
	memset(sum, 0, sizeof(*sum));
	for (int i = 0; i < crew->siblings; i++) {
		sum->interrupts += crew->sibling[i].tally.interrupts;
		sum->involuntary += crew->sibling[i].tally.involuntary;
	}
}

/* crew_stop - end and join all siblings. */
void crew_stop(struct crew *crew)
{
	if (crew_order(crew, CREW_STOP))
		threads_rescue();
	for (int i = 0; i < crew->siblings; i++)
		pthread_join(crew->sibling[i].thread, NULL);
	free(crew->sibling);
	crew->sibling = NULL;
	crew->siblings = 0;
}
