/* What these fences share: the time, a wait, a full fence of the caller alone, and the kernel's membarrier. */
#ifndef LIAR_H
#define LIAR_H

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "user_fence.h"

static inline uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

/* Let so much time pass without ordering anything. */
static inline void spin_ns(uint64_t ns)
{
	const uint64_t end = now_ns() + ns;

	while (now_ns() < end)
		;
}

static inline void compiler_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

static inline void full_fence(void)
{
	atomic_thread_fence(memory_order_seq_cst);
}

/* 0 or errno. */
static inline int membarrier(int command, unsigned int flags, int cpu)
{
	return syscall(SYS_membarrier, command, flags, cpu) < 0 ? errno : 0;
}

static inline int register_private(void)
{
	return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
}

/* The fence that is right. */
static inline int private_expedited(void)
{
	return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* A state of so many bytes, all 0; 0 or errno. */
static inline int make_state(void **state, size_t bytes)
{
	*state = calloc(1, bytes);
	return *state ? 0 : ENOMEM;
}

#endif
