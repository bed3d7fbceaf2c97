/* The lab's clock: CLOCK_MONOTONIC through the vDSO, in nanoseconds. */
#ifndef FENCELAB_CLOCK_H
#define FENCELAB_CLOCK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define NSEC_PER_SEC 1000000000ull
#define NSEC_PER_MSEC 1000000ull

/* clock_ns - a clock in nanoseconds; no system call where the vDSO serves it. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

/* now_ns - the lab's clock. */
static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* boot_ns - CLOCK_BOOTTIME, which trace_clock=boot stamps events with. */
static inline uint64_t boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

/* What one read of the clock costs and the smallest step that it shows. */
struct clock_facts {
	double read_ns; /* mean of a block of reads; least of several blocks */
	uint64_t step_ns; /* smallest difference seen between two reads */
};

/* A wait loop's patience; starts zeroed. */
struct patience {
	unsigned int turns;
	uint64_t end_ns;
};

bool patience_lost(struct patience *patience, uint64_t limit_ns);
int await_word(const _Atomic uint32_t *word, uint32_t wanted, uint64_t limit_ns);
double clock_ticks_per_ns(void);
void clock_measure(struct clock_facts *facts);
void sleep_ns(uint64_t ns);

#endif
