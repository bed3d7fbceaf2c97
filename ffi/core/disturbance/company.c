/* Threads beside victim and callers: one that keeps a CPU busy, one that makes a process have siblings. */
#include <linux/futex.h>
#include <sched.h>

#include "disturbance/disturbance.h"
#include "kit/sys.h"

/* Keeps the victim's CPU busy with the victim's address space; rests with everybody else. */
static void *occupant_main(void *argument)
{
	struct disturbance *d = argument;

	if (thread_pin(d->setup->victim_cpu))
		return NULL;
	while (!atomic_load_explicit(&d->over, memory_order_relaxed)) {
		uint32_t phase = phase_now(d);

		if ((phase & 3) == PHASE_REST)
			sys_futex(&d->shared->phase, FUTEX_WAIT, phase, NULL);
	}
	return NULL;
}

/* occupant_start - keep the victim's CPU busy until d->over; 0 or -errno. */
int occupant_start(struct disturbance *d)
{
	int ret = -pthread_create(&d->occupant, NULL, occupant_main, d);

	d->occupant_started = ret == 0;
	return ret;
}

static void *companion_main(void *argument)
{
	struct disturbance *d = argument;

	while (!atomic_load_explicit(&d->dismissed, memory_order_relaxed))
		sys_futex(&d->dismissed, FUTEX_WAIT_PRIVATE, 0, NULL);
	return NULL;
}

/*
 * companion_start - a sibling that sleeps; 0 or -errno.
 *
 * For a process with one thread the kernel has nothing to order and nothing to flush: membarrier
 * returns before its mutex (kernel/sched/membarrier.c looks at mm_users), and a storm of such a
 * process could not show whom it spares.
 */
int companion_start(struct disturbance *d, int cpu)
{
	cpu_set_t set;
	pthread_attr_t attr;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	int ret = -pthread_attr_setaffinity_np(&attr, sizeof(set), &set);

	if (!ret)
		ret = -pthread_create(&d->companion, &attr, companion_main, d);
	pthread_attr_destroy(&attr);
	d->companion_started = ret == 0;
	return ret;
}

/* companion_stop - end it, if there is one. */
void companion_stop(struct disturbance *d)
{
	if (!d->companion_started)
		return;
	atomic_store_explicit(&d->dismissed, 1, memory_order_relaxed);
	sys_futex(&d->dismissed, FUTEX_WAKE_PRIVATE, 1, NULL);
	pthread_join(d->companion, NULL);
	d->companion_started = false;
}
