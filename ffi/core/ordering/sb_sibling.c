/* Starting and ending the light side: as a thread, a process, or something between. */
#include "ordering/sb.h"

#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "kit/crew.h"
#include "kit/sys.h"

enum { STACK_BYTES = 256 * 1024, ORDER_DEADLINE_S = 3 };

/* Report what became of entering; pairs with the acquire load in sb_start(). */
static void answer(struct sb *sb, int error)
{
	sb->shared->tid = sys_gettid();
	sb->shared->error = error;
	atomic_store_explicit(&sb->shared->obeyed, SB_PAUSE | 1u << 2, memory_order_release);
}

static void *stint_main(void *argument)
{
	struct sb *sb = argument;

	sb->shared->tid = sys_gettid();
	sb_light_life(sb);
	return NULL;
}

/* One thread after another, each of which lives for one stint: scenario D, exit_mm(). */
static int nurse(struct sb *sb)
{
	pthread_t child;

	while ((atomic_load_explicit(&sb->shared->order, memory_order_acquire) & 3) != SB_STOP) {
		int ret = -pthread_create(&child, NULL, stint_main, sb);

		if (ret)
			return ret;
		pthread_join(child, NULL);
	}
	return 0;
}

static void *light_main(void *argument)
{
	struct sb *sb = argument;

	prctl(PR_SET_NAME, SIBLING_NAME);
	int ret = sb_light_enter(sb);

	answer(sb, ret);
	if (ret)
		return NULL;
	if (sb->setup->habit == SB_EXIT)
		sb->shared->error = nurse(sb);
	else
		sb_light_life(sb);
	counter_close(&sb->counter);
	return NULL;
}

/* Start routine of clone() for a process that shares memory; it must not touch what the C library keeps per thread. */
static int process_main(void *argument)
{
	struct sb *sb = argument;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	light_main(sb);
	return 0;
}

/* The other process on the light side's CPU, to which it yields; it rests when both sides rest. */
static void partner_main(const struct sb *sb)
{
	const struct sb_setup *setup = sb->setup;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (thread_pin(setup->light_cpu) || (setup->priority == PRIORITY_FIFO && thread_fifo(1)))
		_exit(1);
	for (;;) {
		uint32_t order = atomic_load_explicit(&sb->shared->order, memory_order_relaxed);

		if ((order & 3) == SB_PAUSE)
			sys_futex(&sb->shared->order, FUTEX_WAIT, order, NULL);
		else
			sched_yield();
	}
}

static int start_process(struct sb *sb)
{
	const bool shares = sb->setup->relation == SB_SHARED_MM;

	sb->stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK,
			 -1, 0);
	if (sb->stack == MAP_FAILED) {
		sb->stack = NULL;
		return -errno;
	}
	sb->process =
		clone(process_main, (char *)sb->stack + STACK_BYTES, SIGCHLD | (shares ? CLONE_VM : 0), sb);
	if (sb->process < 0) {
		sb->process = 0;
		return -errno;
	}
	return 0;
}

static int start_light(struct sb *sb)
{
	if (sb->setup->habit == SB_SWITCH) {
		sb->partner = fork();
		if (sb->partner == 0)
			partner_main(sb);
		if (sb->partner < 0) {
			sb->partner = 0;
			return -errno;
		}
	}
	if (sb->setup->relation == SB_THREAD)
		return -pthread_create(&sb->thread, NULL, light_main, sb);
	return start_process(sb);
}

/* await - until the light side has answered; -ETIMEDOUT when it does not get to run. */
static int await(const struct sb *sb, uint32_t wanted)
{
	/* pairs with the release stores in answer() and sb_light_life() */
	return await_word(&sb->shared->obeyed, wanted, ORDER_DEADLINE_S * NSEC_PER_SEC);
}

/*
 * sb_start - start the light side, which then waits for orders; 0 or -errno.
 *
 * sb->light_fence must be open for SB_CALL. After an error sb_stop() is still to be called.
 */
int sb_start(struct sb *sb, const struct sb_setup *setup)
{
	sb->setup = setup;
	sb->random = 0x9e3779b97f4a7c15ull; /* any odd number: the jitter need not be unpredictable */
	sb->shared = mmap(NULL, sizeof(*sb->shared), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (sb->shared == MAP_FAILED) {
		sb->shared = NULL;
		return -errno;
	}
	duty_choose(&sb->duty, setup->priority);
	atomic_store_explicit(&sb->shared->order, SB_PAUSE | 1u << 2, memory_order_relaxed);
	int ret = start_light(sb);

	if (ret)
		return ret;
	ret = await(sb, SB_PAUSE | 1u << 2);
	return ret ? ret : sb->shared->error;
}

/* sb_order - give an order and wait until the light side follows it; 0 or -ETIMEDOUT. */
int sb_order(struct sb *sb, enum sb_order order)
{
	uint32_t before = atomic_load_explicit(&sb->shared->order, memory_order_relaxed);
	uint32_t next = ((before >> 2) + 1) << 2 | order;

	/* pairs with the acquire load in sb_light_life() */
	atomic_store_explicit(&sb->shared->order, next, memory_order_release);
	if ((before & 3) == SB_PAUSE)
		sys_futex(&sb->shared->order, FUTEX_WAKE, INT32_MAX, NULL);
	return await(sb, next);
}

/* A light side that does not get to run cannot end either; it may need several rescues, one for each life. */
static void stop_starved(struct sb *sb)
{
	for (int tries = 0; tries < 3; tries++) {
		if (sb->process)
			thread_rescue(sb->process, sched_getcpu());
		else
			threads_rescue();
		sleep_ns(NSEC_PER_MSEC);
	}
}

/* sb_stop - end the light side and whom it yields to. */
void sb_stop(struct sb *sb)
{
	if (sb->partner) {
		kill(sb->partner, SIGKILL);
		thread_rescue(sb->partner, sched_getcpu());
		waitpid(sb->partner, NULL, 0);
	}
	if (sb->shared && sb_order(sb, SB_STOP))
		stop_starved(sb);
	if (sb->process) {
		kill(sb->process, SIGKILL);
		waitpid(sb->process, NULL, 0);
	} else if (sb->thread) {
		pthread_join(sb->thread, NULL);
	}
	if (sb->stack)
		munmap(sb->stack, STACK_BYTES);
	if (sb->lines && !sb->process)
		munmap(sb->lines, CLOG_BYTES);
	if (sb->shared)
		munmap(sb->shared, sizeof(*sb->shared));
	memset(sb, 0, sizeof(*sb));
}
