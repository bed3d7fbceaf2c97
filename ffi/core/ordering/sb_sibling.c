/* Starting and ending light sides: as threads, processes, or something between. */
#include "ordering/sb.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kit/crew.h"
#include "kit/sys.h"

enum {
	STACK_BYTES = 256 * 1024,
	ORDER_DEADLINE_S = 3,
	/* mean length of a stretch with clogs, or without: some times as long as full store buffers last */
	PHASE_NS = 60 * 1000,
	TIMINGS = 1000,
};

/* any odd number: jitter need not be unpredictable */
#define SEED 0x9e3779b97f4a7c15ull

/* Report what became of entering; pairs with the acquire load in sb_start(). */
static void answer(struct sb_side *side, int error)
{
	side->shared->tid = sys_gettid();
	side->shared->error = error;
	atomic_store_explicit(&side->shared->obeyed, SB_PAUSE | 1u << 2, memory_order_release);
}

static void *stint_main(void *argument)
{
	struct sb_side *side = argument;

	side->shared->tid = sys_gettid();
	sb_light_life(side);
	return NULL;
}

/* One thread after another, each of which lives for one stint. */
static int nurse(struct sb_side *side)
{
	pthread_t child;

	while ((atomic_load_explicit(&side->shared->order, memory_order_acquire) & 3) != SB_STOP) {
		int ret = -pthread_create(&child, NULL, stint_main, side);

		if (ret)
			return ret;
		pthread_join(child, NULL);
	}
	return 0;
}

static int stint_process(void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	stint_main(argument);
	return 0;
}

/*
 * One process after another that shares the address space and leaves it by
 * exit_mm(): scenario D. The nurse is a thread, so the address space stays.
 */
static int nurse_processes(struct sb_side *side)
{
	while ((atomic_load_explicit(&side->shared->order, memory_order_acquire) & 3) != SB_STOP) {
		pid_t child =
			clone(stint_process, (char *)side->stack + STACK_BYTES, SIGCHLD | CLONE_VM, side);

		if (child < 0)
			return -errno;
		while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR)
			;
	}
	return 0;
}

static void *light_main(void *argument)
{
	struct sb_side *side = argument;
	const struct sb_setup *setup = side->setup;

	prctl(PR_SET_NAME, SIBLING_NAME);
	int ret = sb_light_enter(side);

	answer(side, ret);
	if (ret)
		return NULL;
	if (setup->habit != SB_EXIT)
		sb_light_life(side);
	else
		side->shared->error = setup->relation == SB_SHARED_MM ? nurse_processes(side) : nurse(side);
	counter_close(&side->counter);
	return NULL;
}

/* Start routine of clone() for a process that shares memory; it must not touch what the C library keeps per thread. */
static int process_main(void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	light_main(argument);
	return 0;
}

/* The other process on the light side's CPU, to which it yields; it rests when both sides rest. */
static void partner_main(const struct sb_side *side)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (thread_place(side->cpu, side->setup->priority, 1))
		_exit(1);
	for (;;) {
		uint32_t order = atomic_load_explicit(&side->shared->order, memory_order_relaxed);

		if ((order & 3) == SB_PAUSE)
			sys_futex(&side->shared->order, FUTEX_WAIT, order, NULL);
		else
			sched_yield();
	}
}

static int map_stack(struct sb_side *side)
{
	void *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED)
		return -errno;
	side->stack = stack;
	return 0;
}

static int start_process(struct sb_side *side)
{
	const bool shares = side->setup->relation == SB_SHARED_MM;

	side->process = clone(process_main, (char *)side->stack + STACK_BYTES,
			      SIGCHLD | (shares ? CLONE_VM : 0), side);
	if (side->process < 0) {
		side->process = 0;
		return -errno;
	}
	return 0;
}

static int start_light(struct sb_side *side)
{
	const struct sb_setup *setup = side->setup;
	int ret = setup->relation == SB_THREAD ? 0 : map_stack(side);

	if (ret)
		return ret;
	if (setup->habit == SB_SWITCH) {
		side->partner = fork();
		if (side->partner == 0)
			partner_main(side);
		if (side->partner < 0) {
			side->partner = 0;
			return -errno;
		}
	}
	/* who starts one process after another is a thread itself */
	if (setup->relation == SB_THREAD || (setup->relation == SB_SHARED_MM && setup->habit == SB_EXIT))
		return -pthread_create(&side->thread, NULL, light_main, side);
	return start_process(side);
}

/* await - until the light side has answered; -ETIMEDOUT when it does not get to run. */
static int await(const struct sb_side *side, uint32_t wanted)
{
	/* pairs with the release stores in answer() and sb_light_life() */
	return await_word(&side->shared->obeyed, wanted, ORDER_DEADLINE_S * NSEC_PER_SEC);
}

/* What timing costs that way: the least of many, since other load can only add to it. */
static double timing_ns(double ticks_per_ns)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TIMINGS; i++) {
		const uint64_t start = arch_ticks();

		arch_settle();
		const uint64_t ticks = arch_ticks() - start;

		least = ticks < least ? ticks : least;
	}
	return (double)least / ticks_per_ns;
}

static int start_side(struct sb *sb, int cpu)
{
	struct sb_side *side = &sb->side[sb->sides];
	struct sb_shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (shared == MAP_FAILED)
		return -errno;
	*side = (struct sb_side){ .shared = shared,
				  .setup = sb->setup,
				  .fence = &sb->light_fence,
				  .cpu = cpu,
				  .random = SEED + (uint64_t)sb->sides };
	sb->sides++;
	shared->phase_ticks = (uint64_t)(PHASE_NS * sb->ticks_per_ns);
	atomic_store_explicit(&shared->order, SB_PAUSE | 1u << 2, memory_order_relaxed);
	int ret = start_light(side);

	if (ret)
		return ret;
	ret = await(side, SB_PAUSE | 1u << 2);
	return ret ? ret : shared->error;
}

/*
 * sb_start - start the light sides, which then wait for orders; 0 or -errno.
 *
 * sb->light_fence must be open for SB_CALL. After an error sb_stop() is still to be called.
 */
int sb_start(struct sb *sb, const struct sb_setup *setup)
{
	sb->setup = setup;
	sb->ticks_per_ns = clock_ticks_per_ns();
	sb->read_ns = timing_ns(sb->ticks_per_ns);
	sb->random = SEED;
	sb->side = calloc((size_t)setup->sides, sizeof(*sb->side));
	sb->targets = calloc((size_t)setup->sides, sizeof(*sb->targets));
	if (!sb->side || !sb->targets)
		return -ENOMEM;
	duty_choose(&sb->duty, setup->priority);
	int ret = setup->clog_caller ? clog_map(&sb->lines) : 0;

	for (int i = 0; i < setup->sides && !ret; i++)
		ret = start_side(sb, setup->light_cpus[i]);
	return ret;
}

/* sb_order - give an order and wait until all light sides follow it; 0 or -ETIMEDOUT. */
int sb_order(struct sb *sb, enum sb_order order)
{
	int ret = 0;

	for (int i = 0; i < sb->sides; i++) {
		_Atomic uint32_t *word = &sb->side[i].shared->order;
		uint32_t before = atomic_load_explicit(word, memory_order_relaxed);

		/* pairs with the acquire load in sb_light_life() */
		atomic_store_explicit(word, ((before >> 2) + 1) << 2 | order, memory_order_release);
		if ((before & 3) == SB_PAUSE)
			sys_futex(word, FUTEX_WAKE, INT32_MAX, NULL);
	}
	for (int i = 0; i < sb->sides; i++) {
		const struct sb_side *side = &sb->side[i];
		int late = await(side, atomic_load_explicit(&side->shared->order, memory_order_relaxed));

		ret = ret ? ret : late;
	}
	return ret;
}

/* A light side that does not get to run cannot end either; it may need several rescues, one for each life. */
static void stop_starved(const struct sb *sb)
{
	for (int tries = 0; tries < 3; tries++) {
		for (int i = 0; i < sb->sides; i++)
			if (sb->side[i].process)
				thread_rescue(sb->side[i].process, sched_getcpu());
		threads_rescue();
		sleep_ns(NSEC_PER_MSEC);
	}
}

static void stop_side(struct sb_side *side)
{
	if (side->process) {
		kill(side->process, SIGKILL);
		waitpid(side->process, NULL, 0);
	} else if (side->thread) {
		pthread_join(side->thread, NULL);
	}
	if (side->stack)
		munmap(side->stack, STACK_BYTES);
	if (side->lines && !side->process)
		munmap(side->lines, CLOG_BYTES);
	munmap(side->shared, sizeof(*side->shared));
}

/* sb_stop - end the light sides and whom they yield to. */
void sb_stop(struct sb *sb)
{
	for (int i = 0; i < sb->sides; i++) {
		const pid_t partner = sb->side[i].partner;

		if (!partner)
			continue;
		kill(partner, SIGKILL);
		thread_rescue(partner, sched_getcpu());
		waitpid(partner, NULL, 0);
	}
	if (sb_order(sb, SB_STOP))
		stop_starved(sb);
	for (int i = 0; i < sb->sides; i++)
		stop_side(&sb->side[i]);
	if (sb->lines)
		munmap(sb->lines, CLOG_BYTES);
	free(sb->side);
	free(sb->targets);
	memset(sb, 0, sizeof(*sb));
}
