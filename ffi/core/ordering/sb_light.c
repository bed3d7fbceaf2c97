/* The light side of the store-buffering test: its loops, and how it obeys. */
#include "ordering/sb.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <sys/resource.h>

#include "kit/sys.h"

enum {
	/* what a light side sleeps for between two stints: about as long as a technique takes */
	NAP_NS = 20000,
	/* empty loops of a turn that looks for interrupts */
	WITNESS_SPIN = 256,
};

/* sb_random - xorshift (Marsaglia 2003); *state must not be 0. */
uint64_t sb_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/*
 * Clogs come in stretches, with others without. An interrupt has to wait until
 * the store buffer has drained, so under a steady clog every call that interrupts
 * lasts longer than any store is held back, and a delay as long shows nothing.
 * A call that meets an empty store buffer lasts as long as it does elsewhere, and
 * a delay as long as that one which meets a full one shows what it leaves out.
 */
static inline __attribute__((always_inline)) bool clogging(struct sb_side *side)
{
	const uint64_t now = arch_ticks();

	if (now >= side->until) {
		const uint64_t random = sb_random(&side->random), mean = side->shared->phase_ticks;

		side->clogging = random & 1;
		atomic_store_explicit(&side->shared->clogging, side->clogging, memory_order_relaxed);
		/* half of the mean to one and a half times as much */
		side->until = now + mean / 2 + (random >> 8) % (mean + 1);
	}
	return side->clogging;
}

static inline __attribute__((always_inline)) void light_barrier(struct sb_side *side, enum sb_light light)
{
	/* pairs with the technique between the heavy side's accesses in turn() */
	if (light == SB_BARRIER)
		compiler_barrier();
	else if (light == SB_FENCE) {
		arch_full_fence();
		/* a fence of the user's may need it to do its part besides */
		if (side->fence->technique && side->fence->technique->light)
			side->fence->technique->light(side->fence);
	} else if (side->fence->technique->light)
		side->fence->technique->light(side->fence);
	else
		side->fence->technique->heavy(side->fence);
}

/*
 * light_turns - the measured loop, made once for every clog and light barrier.
 *
 * It holds no barrier but the one under test. The order word stays in this CPU's
 * cache until the heavy side writes it, and a load drains no store buffer. One
 * word of the log holds turn and value, so the log needs no barrier either. Of
 * the shapes without clogs the first access is made slow by flushing its line.
 */
static inline __attribute__((always_inline)) void light_turns(struct sb_side *side, uint32_t order,
							      uint64_t turns, enum clog_kind clog,
							      enum sb_light light, enum sb_shape shape)
{
	struct sb_shared *shared = side->shared;
	const uint32_t clogs = shared->clogs;
	uint64_t j = atomic_load_explicit(&shared->y, memory_order_relaxed);
	uint64_t at = j * clogs;

	while (turns-- && atomic_load_explicit(&shared->order, memory_order_relaxed) == order) {
		if (clog != CLOG_NONE && clogging(side))
			for (uint32_t n = 0; n < clogs; n++)
				clog_once(clog, side->lines, at++);
		j++;
		compiler_barrier();
		if (shape == SB_MESSAGE_PASSING) {
			arch_flush_line(&shared->x);
			atomic_store_explicit(&shared->x, j, memory_order_relaxed);
			light_barrier(side, light);
			atomic_store_explicit(&shared->y, j, memory_order_relaxed);
		} else if (shape == SB_MESSAGE_READING) {
			arch_flush_line(&shared->flag);
			uint64_t flag = atomic_load_explicit(&shared->flag, memory_order_relaxed);

			light_barrier(side, light);
			if (atomic_load_explicit(&shared->x, memory_order_relaxed) < flag)
				side->disorder++;
			atomic_store_explicit(&shared->y, j, memory_order_relaxed);
		} else {
			if (shape == SB_LOAD_BUFFERING)
				arch_flush_line(&shared->x);
			else
				atomic_store_explicit(&shared->y, j, memory_order_relaxed);
			if (shape == SB_STORE_BUFFERING)
				light_barrier(side, light);
			uint64_t rx = atomic_load_explicit(&shared->x, memory_order_relaxed);

			if (shape == SB_LOAD_BUFFERING) {
				light_barrier(side, light);
				atomic_store_explicit(&shared->y, j, memory_order_relaxed);
			}
			atomic_store_explicit(&shared->log[j % SB_LOG], j << 32 | (uint32_t)rx,
					      memory_order_relaxed);
		}
	}
}

static inline __attribute__((always_inline)) void light_clogged(struct sb_side *side, uint32_t order,
								uint64_t turns, enum clog_kind clog)
{
	const enum sb_light light = side->setup->light;

	if (light == SB_BARRIER)
		light_turns(side, order, turns, clog, SB_BARRIER, SB_STORE_BUFFERING);
	else if (light == SB_FENCE)
		light_turns(side, order, turns, clog, SB_FENCE, SB_STORE_BUFFERING);
	else
		light_turns(side, order, turns, clog, SB_CALL, SB_STORE_BUFFERING);
}

/* sb_light_loop - at most `turns` turns, until the order changes. */
void sb_light_loop(struct sb_side *side, uint32_t order, uint64_t turns)
{
	side->until = 0;
	atomic_store_explicit(&side->shared->clogging, 0, memory_order_relaxed);
	switch (side->setup->shape) {
	case SB_MESSAGE_PASSING:
		light_turns(side, order, turns, CLOG_NONE, SB_BARRIER, SB_MESSAGE_PASSING);
		return;
	case SB_LOAD_BUFFERING:
		light_turns(side, order, turns, CLOG_NONE, SB_BARRIER, SB_LOAD_BUFFERING);
		return;
	case SB_MESSAGE_READING:
		light_turns(side, order, turns, CLOG_NONE, SB_BARRIER, SB_MESSAGE_READING);
		return;
	default:
		break;
	}
	switch ((enum clog_kind)side->shared->clog) {
	case CLOG_STORE_FLUSH:
		light_clogged(side, order, turns, CLOG_STORE_FLUSH);
		break;
	case CLOG_SPLIT_FLUSH:
		light_clogged(side, order, turns, CLOG_SPLIT_FLUSH);
		break;
	case CLOG_FLUSH_STORE:
		light_clogged(side, order, turns, CLOG_FLUSH_STORE);
		break;
#ifdef ARCH_STREAMS
	case CLOG_STREAM_STORE:
		light_clogged(side, order, turns, CLOG_STREAM_STORE);
		break;
	case CLOG_STREAM_SPLIT:
		light_clogged(side, order, turns, CLOG_STREAM_SPLIT);
		break;
#endif
	default:
		light_clogged(side, order, turns, CLOG_NONE);
	}
}

/*
 * sb_witness_loop - notice without help of the kernel when it was entered.
 *
 * A turn is so long that arming, which is blind on some architectures, is a small part of it.
 */
void sb_witness_loop(struct sb_side *side, uint32_t order)
{
	struct sb_shared *shared = side->shared;
	uint64_t looks = atomic_load_explicit(&shared->looks, memory_order_relaxed);
	uint64_t witnessed = atomic_load_explicit(&shared->witnessed, memory_order_relaxed);

	while (atomic_load_explicit(&shared->order, memory_order_relaxed) == order) {
		for (int i = 0; i < WITNESS_SPIN; i++)
			compiler_barrier();
		if (arch_witness_look(&shared->reserved))
			atomic_store_explicit(&shared->witnessed, ++witnessed, memory_order_relaxed);
		/* release: the heavy side, which acquires, must not see the turn without its finding */
		atomic_store_explicit(&shared->looks, ++looks, memory_order_release);
	}
}

/* sb_light_enter - CPU, priority, memory and counter of the light side; 0 or -errno. */
int sb_light_enter(struct sb_side *side)
{
	int ret = thread_pin(side->cpu);

	if (!ret)
		ret = clog_map(&side->lines);
	if (!ret && side->setup->relation == SB_PROCESS_REGISTERED)
		ret = (int)sys_membarrier(MB_REGISTER_GLOBAL_EXPEDITED, 0, 0);
	if (!ret && side->setup->priority == PRIORITY_FIFO)
		ret = thread_fifo(1); /* below the heavy side, so that affinity-walk gets in */
	if (!ret && side->setup->plan->source == COUNT_PERF)
		ret = counter_open(&side->counter, side->setup->plan);
	return ret;
}

static void report(struct sb_side *side)
{
	struct rusage usage;

	side->shared->interrupts = counter_read(&side->counter);
	getrusage(RUSAGE_THREAD, &usage);
	side->shared->involuntary = (uint64_t)usage.ru_nivcsw;
	side->shared->disorder = side->disorder;
}

static void indulge(enum sb_habit habit)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };

	if (habit == SB_SLEEP)
		clock_nanosleep(CLOCK_MONOTONIC, 0, &nap, NULL);
	else if (habit == SB_SWITCH)
		sched_yield();
}

/*
 * sb_light_life - obey orders until STOP; a light side that exits now and then
 * returns after one stint and is started again by its nursery.
 */
void sb_light_life(struct sb_side *side)
{
	struct sb_shared *shared = side->shared;
	const enum sb_habit habit = side->setup->habit;
	uint32_t obeyed = atomic_load_explicit(&shared->obeyed, memory_order_relaxed);

	for (;;) {
		/* pairs with the release store in sb_order(): the clog is there */
		uint32_t order = atomic_load_explicit(&shared->order, memory_order_acquire);

		if (order != obeyed) {
			if ((order & 3) == SB_PAUSE)
				report(side);
			obeyed = order;
			/* pairs with the acquire load in sb_order(): the report comes first */
			atomic_store_explicit(&shared->obeyed, order, memory_order_release);
		}
		switch (order & 3) {
		case SB_STOP:
			return;
		case SB_PAUSE:
			sys_futex(&shared->order, FUTEX_WAIT, order, NULL);
			break;
		case SB_WITNESS:
			sb_witness_loop(side, order);
			break;
		default:
			sb_light_loop(side, order, habit == SB_SPIN ? UINT64_MAX : SB_STINT);
			if (habit == SB_EXIT)
				return;
			indulge(habit);
		}
	}
}
