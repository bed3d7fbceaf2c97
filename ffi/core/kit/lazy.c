/*
 * Registers with membarrier(2) in the one arrangement in which Linux, from 5.4
 * on, gets GLOBAL_EXPEDITED wrong.
 *
 * A CPU that goes idle keeps the last address space (lazy TLB). A process that
 * registers meanwhile does not reach it: with one thread
 * sync_runqueues_membarrier_state() updates the caller's runqueue only, with
 * several it also interrupts the CPUs that run the process at that moment, of
 * which an idle one is none. When a thread of the process then starts on the
 * idle CPU, membarrier_switch_mm() sees the same address space before and after,
 * and returns early: rq->membarrier_state stays 0. GLOBAL_EXPEDITED looks at
 * nothing else and leaves the CPU out, until that has run another address space
 * (kernel/sched/membarrier.c and sched.h since 227a4aadc75b, 5.4; measured on
 * 6.18). PRIVATE_EXPEDITED looks at rq->curr->mm and is not affected.
 */
#include "kit/lazy.h"

#include "kit/clock.h"
#include "kit/sys.h"
#include "kit/thread.h"

enum { SETTLE_MS = 2 };

static void keep_busy(uint64_t ms)
{
	uint64_t end = now_ns() + ms * NSEC_PER_MSEC;

	while (now_ns() < end)
		;
}

/*
 * lazy_register - register while `there` idles and holds this address space.
 *
 * The calling thread stays pinned to `here`, and no other thread may exist. What
 * starts on `there` next is affected on kernels with the defect, if lazy_kept()
 * then says CPU_KEPT. 0 or -errno.
 */
int lazy_register(struct lazy *lazy)
{
	int ret = thread_pin(lazy->here);

	if (!ret && lazy->threaded)
		ret = thread_sleeping(); /* it inherits `here` */
	if (!ret)
		ret = thread_pin(lazy->there);
	if (ret)
		return ret;
	keep_busy(SETTLE_MS); /* there: the CPU has this address space, unregistered */
	cpu_watch_open(&lazy->watch, lazy->there);
	ret = thread_pin(lazy->here);
	cpu_watch_left(&lazy->watch);
	keep_busy(SETTLE_MS); /* here, while the other CPU idles and keeps it */
	return ret ? ret : (int)sys_membarrier(lazy->registration, 0, 0);
}

/*
 * lazy_kept - whether `there` has kept the address space until now; a thread of
 * this process must have run there since. Where it has not, the defect has ended:
 * what is counted is evidence only if this still says CPU_KEPT afterwards.
 */
enum cpu_kept lazy_kept(const struct lazy *lazy)
{
	return cpu_watch_kept(&lazy->watch);
}

void lazy_close(struct lazy *lazy)
{
	cpu_watch_close(&lazy->watch);
}
