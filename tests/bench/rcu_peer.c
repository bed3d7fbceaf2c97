/*
 * The yardstick for the rcu experiment: the same loops around Debian's liburcu,
 * inlined as its users have it (_LGPL_SOURCE), under the same priority and in
 * the same bursts.
 *
 *     rcu_peer MILLISECONDS WRITERS
 *
 * runs one reader on CPU 1, and at most one writer on CPU 0. Prints JSON: seconds
 * that they ran, reads, writes, the median over groups of what one section took in
 * ns, and the instruction of this liburcu's cmm_smp_mb(). PEER_HEADER names the
 * flavour's header.
 */
#define _LGPL_SOURCE
#define URCU_API_MAP
#include PEER_HEADER

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "kit/clock.h"
#include "kit/hist.h"
#include "kit/sys.h"
#include "kit/thread.h"

enum { SECTIONS = 1024, TIMED_EVERY = 16, LIVE = 8 };
enum order { PAUSE, RUN, STOP };

struct peer {
	CACHE_APART uint64_t *object;
	CACHE_APART _Atomic uint32_t order;
	_Atomic int resting;
	enum priority priority;
	struct clock_facts clock;
	CACHE_APART uint64_t reads;
	struct hist read;
	CACHE_APART uint64_t writes;
};

static void place(const struct peer *p, int cpu)
{
	thread_pin(cpu);
	if (p->priority == PRIORITY_FIFO)
		thread_fifo(1);
}

/* rest - wait while the order is to pause; what it is then. */
static enum order rest(struct peer *p)
{
	atomic_fetch_add(&p->resting, 1);
	while (atomic_load(&p->order) == PAUSE)
		sys_futex(&p->order, FUTEX_WAIT_PRIVATE, PAUSE, NULL);
	atomic_fetch_sub(&p->resting, 1);
	return atomic_load(&p->order);
}

static uint64_t read_group(struct peer *p)
{
	uint64_t sum = 0;

	for (int i = SECTIONS; i > 0; i--) {
		rcu_read_lock();
		sum += CMM_LOAD_SHARED(*rcu_dereference(p->object));
		rcu_read_unlock();
	}
	rcu_quiescent_state();
	return sum;
}

static void *reader_main(void *argument)
{
	struct peer *p = argument;
	uint64_t turn = 0;

	place(p, 1);
	rcu_register_thread();
	for (;;) {
		if (atomic_load_explicit(&p->order, memory_order_relaxed) != RUN) {
			rcu_thread_offline();
			if (rest(p) == STOP)
				break;
			rcu_thread_online();
		}
		bool timed = turn++ % TIMED_EVERY == 0;
		uint64_t start = timed ? now_ns() : 0;

		if (read_group(p) != SECTIONS * LIVE)
			abort();
		if (timed) {
			double net = (double)(now_ns() - start) - p->clock.read_ns;

			hist_add(&p->read, (uint64_t)(net * 1000 / SECTIONS + 0.5));
		}
		p->reads += SECTIONS;
	}
	rcu_unregister_thread();
	return NULL;
}

static void *writer_main(void *argument)
{
	struct peer *p = argument;

	place(p, 0);
	for (;;) {
		if (atomic_load_explicit(&p->order, memory_order_relaxed) != RUN && rest(p) == STOP)
			return NULL;
		uint64_t *fresh = malloc(sizeof(*fresh)), *old;

		*fresh = LIVE;
		old = rcu_xchg_pointer(&p->object, fresh);
		synchronize_rcu();
		*(volatile uint64_t *)old = 0;
		free(old);
		p->writes++;
	}
}

#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...) TEXT_OF(__VA_ARGS__)

/* The full fence of the library, as ffi/core/arch/ has its names; "unknown" for others. */
static const char *fence_name(void)
{
	static const char *const names[] = {
		ARCH_FULL_FENCE,
#ifdef ARCH_MFENCE
		ARCH_MFENCE,
#endif
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(TEXT(cmm_smp_mb()), names[i]))
			return names[i];
	return "unknown";
}

/* All threads rest, or the order is to run. */
static void give(struct peer *p, enum order order, int threads)
{
	atomic_store(&p->order, order);
	sys_futex(&p->order, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL);
	while (order == PAUSE && atomic_load(&p->resting) < threads)
		sleep_ns(50000);
}

int main(int argc, char **argv)
{
	static struct peer p;
	pthread_t reader, writer;
	struct duty duty;
	uint64_t ran = 0;

	if (argc != 3)
		return 1;
	uint64_t budget = strtoull(argv[1], NULL, 10) * NSEC_PER_MSEC;
	int writers = argv[2][0] == '1';

	setsid(); /* an autogroup of its own, as the lab's worker has it */
	p.object = malloc(sizeof(*p.object));
	*p.object = LIVE;
	hist_reset(&p.read);
	clock_measure(&p.clock);
	p.priority = priority_apply(true, true);
	duty_choose(&duty, p.priority);
	pthread_create(&reader, NULL, reader_main, &p);
	if (writers)
		pthread_create(&writer, NULL, writer_main, &p);
	if (p.priority == PRIORITY_FIFO)
		thread_fifo(2);
	give(&p, PAUSE, 1 + writers);
	while (ran < budget) {
		uint64_t left = budget - ran, start = now_ns();

		give(&p, RUN, 0);
		sleep_ns(duty.burst_ns && duty.burst_ns < left ? duty.burst_ns : left);
		give(&p, PAUSE, 1 + writers);
		ran += now_ns() - start;
		sleep_ns(duty.pause_ns);
	}
	give(&p, STOP, 0);
	pthread_join(reader, NULL);
	if (writers)
		pthread_join(writer, NULL);
	printf("{\"seconds\":%.6f,\"reads\":%llu,\"writes\":%llu,\"readNs\":%.4f,\"fence\":\"%s\"}\n",
	       (double)ran / 1e9, (unsigned long long)p.reads, (unsigned long long)p.writes,
	       (double)hist_quantile(&p.read, 0.5) / 1000, fence_name());
	return 0;
}
