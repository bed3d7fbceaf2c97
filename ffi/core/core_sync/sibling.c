/* The sibling of a core-sync trial: the thread that runs code while it is replaced. */
#include <errno.h>
#include <linux/futex.h>
#include <sys/prctl.h>

#include "core_sync/trial.h"
#include "kit/clock.h"
#include "kit/sys.h"

enum { OBEY_S = 3 }; /* longer than any time slice or throttling period */

static void add(_Atomic uint64_t *counter)
{
	/* relaxed: one thread writes it, nothing else is read by it */
	atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

/*
 * detour_load - load the published version by way of so many lines of memory.
 *
 * The address of each load needs what the one before gives, 0, and the lines were
 * dropped from the caches, so the version arrives late. Nothing keeps the CPU from
 * fetching the instructions that follow meanwhile.
 */
uint64_t detour_load(const struct trial *t, uint32_t detours)
{
	size_t zero = 0;

	for (uint32_t i = 0; i < detours; i++)
		zero = atomic_load_explicit(&t->detour[i + zero].zero, memory_order_relaxed);
	/* pairs with the release store in publish() */
	return atomic_load_explicit(&t->published + zero, memory_order_acquire);
}

/* detour_drop - take the lines out of the caches, for the next load. */
void detour_drop(struct trial *t, uint32_t detours)
{
	for (uint32_t i = 0; i < detours; i++)
		arch_flush_line(&t->detour[i]);
}

/*
 * sibling_call - one call; no barrier or system call may come between the loads and the call.
 *
 * Every other one goes the short way: where the publication comes first, what is
 * stale is so for less time than a long load takes.
 */
static void sibling_call(struct trial *t, bool slowly)
{
	uint32_t detours = slowly ? atomic_load_explicit(&t->detours, memory_order_relaxed) : 0;
	uint64_t before = detour_load(t, detours);
	uint32_t returned = code_call(&t->code);
	/* pairs with the release store in publish() */
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
	detour_drop(t, detours);
}

static void *sibling_main(void *argument)
{
	struct trial *t = argument;
	uint32_t seen = 0;
	bool slowly = false;

	prctl(PR_SET_NAME, SIBLING_NAME);
	t->sibling_tid = sys_gettid();
	/* below the caller, so that affinity-walk gets in */
	t->error = thread_place(t->setup->sibling_cpu, t->outcome->priority, 1);
	/* pairs with the acquire load in await_obeyed(): tid and error are visible */
	atomic_store_explicit(&t->obeyed, 1, memory_order_release);
	while (!t->error) {
		uint32_t order = atomic_load_explicit(&t->order, memory_order_relaxed);

		if (order == seen) {
			sibling_call(t, slowly = !slowly);
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
	/* pairs with the release stores in sibling_main() */
	return await_word(&t->obeyed, wanted, OBEY_S * NSEC_PER_SEC);
}

/* sibling_order - give an order and wait until it is obeyed; 0 or -ETIMEDOUT. */
int sibling_order(struct trial *t, enum crew_order order)
{
	uint32_t before = atomic_load_explicit(&t->order, memory_order_relaxed);
	uint32_t next = ((before >> 2) + 1) << 2 | order;

	atomic_store_explicit(&t->order, next, memory_order_relaxed);
	if ((before & 3) == CREW_PAUSE)
		sys_futex(&t->order, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
	return await_obeyed(t, next);
}

/* sibling_start - start the thread; 0, or -errno when it could not be placed or does not run. */
int sibling_start(struct trial *t)
{
	int ret = -pthread_create(&t->sibling, NULL, sibling_main, t);

	if (ret)
		return ret;
	t->started = true;
	ret = await_obeyed(t, 1);
	return ret ? ret : t->error;
}

/* sibling_stop - end the thread, if there is one, and take over what it counted. */
void sibling_stop(struct trial *t)
{
	if (!t->started)
		return;
	if (!t->error && sibling_order(t, CREW_STOP))
		threads_rescue();
	pthread_join(t->sibling, NULL);
	t->outcome->calls = atomic_load_explicit(&t->calls, memory_order_relaxed);
	t->outcome->stale = atomic_load_explicit(&t->stale, memory_order_relaxed);
	t->outcome->stale_versions = atomic_load_explicit(&t->stale_versions, memory_order_relaxed);
	t->outcome->unknown = atomic_load_explicit(&t->unknown, memory_order_relaxed);
}
