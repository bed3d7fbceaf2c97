/*
 * The writer's heavy fence, and what stands in its place in a torture's control: a wait as
 * long that orders nothing.
 *
 * Without the wait the control would catch a store that left the reader's buffer a microsecond
 * later, and say nothing about a technique that takes ten and orders nothing either. How long
 * to wait is what the technique itself took in the same run, one call after another; of calls
 * at which a reader was seen to run, for others are short, and have nothing to order.
 */
#include "kit/clock.h"
#include "rcu/rcu.h"

enum {
	/* no store buffer reaches that far, and others may need the CPU */
	SLEEP_NS = 100 * 1000,
};

static int call(struct rcu_domain *d)
{
	const struct technique *technique = d->fence.technique;
	int ret = technique->prepare ? technique->prepare(&d->fence) : 0;

	return ret ? ret : technique->heavy(&d->fence);
}

static int timed_call(struct rcu_domain *d, struct rcu_times *times)
{
	uint64_t start = now_ns();
	int ret = call(d);
	uint64_t ns = now_ns() - start;

	times->ns[times->count++ % RCU_TIMES] = ns;
	/* relaxed: readers only aim by it */
	atomic_store_explicit(&times->last, ns, memory_order_relaxed);
	return ret;
}

static int stand_in(struct rcu_times *times)
{
	uint64_t known = times->count < RCU_TIMES ? times->count : RCU_TIMES;
	uint64_t end = now_ns(), ns = known ? times->ns[times->replayed++ % known] : 0;

	atomic_store_explicit(&times->last, ns, memory_order_relaxed);
	end += ns;
	if (ns > SLEEP_NS)
		sleep_ns(ns);
	while (now_ns() < end)
		continue; /* nothing that would order or yield */
	return 0;
}

/*
 * rcu_heavy_fence - pairs with every rcu_light_fence(): one of all readers, and one of the caller.
 *
 * times: where to note how long it takes, and what to wait where fences are left out; NULL: neither.
 */
int rcu_heavy_fence(struct rcu_domain *d, struct rcu_times *times)
{
	if (!times)
		return call(d);
	return d->mutation == RCU_NO_FENCES ? stand_in(times) : timed_call(d, times);
}
