/*
 * Writers in batches: those that ask while a grace period runs share the next one, as in liburcu
 * (urcu_wait_add() in its src/urcu.c).
 *
 * They draw numbers. Whose number is served leads: it waits for one grace period on behalf of
 * all numbers that were drawn by then, for these writers have replaced their pointers before
 * they drew. In the order of numbers, because a mutex would not be fair.
 */
#include <linux/futex.h>

#include "kit/sys.h"
#include "rcu/rcu.h"

/*
 * rcu_batch_join - draw a number and wait; true: the caller leads, false: its grace period is over.
 *
 * A leader calls rcu_batch_end() after the grace period that it began after this call.
 */
bool rcu_batch_join(struct rcu_domain *d)
{
	/* sequentially consistent: the pointer was replaced before; pairs with the load of `drawn` below */
	uint32_t number = atomic_fetch_add(&d->drawn, 1), serving;

	/* pairs with the store in rcu_batch_end(): what the leader before us did is done */
	while ((int32_t)((serving = atomic_load(&d->serving)) - number) < 0)
		sys_futex(&d->serving, FUTEX_WAIT_PRIVATE, serving, NULL);
	if (serving != number)
		return false;
	/* before the grace period: whoever draws later may replace a pointer behind its first fence */
	d->batch_end = atomic_load(&d->drawn);
	d->graces++;
	return true;
}

/* rcu_batch_end - the grace period of all that drew before it is over. */
void rcu_batch_end(struct rcu_domain *d)
{
	uint32_t number = atomic_load_explicit(&d->serving, memory_order_relaxed);

	/*
	 * Sequentially consistent, as are the accesses in rcu_batch_join(): either we see that
	 * somebody drew a number after ours, or that writer sees that it is served.
	 */
	atomic_store(&d->serving, d->batch_end);
	if (atomic_load(&d->drawn) != number + 1)
		sys_futex(&d->serving, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
}
