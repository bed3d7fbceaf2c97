/* Measures the clock that measures everything else. */
#include "kit/clock.h"

#include <errno.h>
#include <sched.h>

#include "arch/arch.h"

enum { BLOCKS = 21, READS = 1000, TICK_ROUNDS = 5, TICK_NS = 100 * 1000 };

/*
 * clock_measure - cost of one now_ns() and its resolution.
 *
 * The least of several blocks is taken: other load can only make reads dearer,
 * and an overestimate would be subtracted from every sample.
 */
void clock_measure(struct clock_facts *facts)
{
	double best = 1e9;
	uint64_t step = UINT64_MAX;

	for (int block = 0; block < BLOCKS; block++) {
		uint64_t first = now_ns(), last = first;

		for (int i = 0; i < READS; i++) {
			uint64_t now = now_ns();

			if (now > last && now - last < step)
				step = now - last;
			last = now;
		}
		double each = (double)(last - first) / READS;

		if (each < best)
			best = each;
	}
	facts->read_ns = best;
	facts->step_ns = step == UINT64_MAX ? 0 : step;
}

/*
 * clock_ticks_per_ns - how fast arch_ticks() counts.
 *
 * The median of some rounds: who is switched out between the two clocks' readings is far off.
 */
double clock_ticks_per_ns(void)
{
	double rate[TICK_ROUNDS];

	for (int round = 0; round < TICK_ROUNDS; round++) {
		const uint64_t start = now_ns(), ticks = arch_ticks();
		uint64_t now = start;

		while (now - start < TICK_NS)
			now = now_ns();
		double value = (double)(arch_ticks() - ticks) / (double)(now - start);
		int at = round;

		for (; at > 0 && rate[at - 1] > value; at--)
			rate[at] = rate[at - 1];
		rate[at] = value;
	}
	return rate[TICK_ROUNDS / 2];
}

/*
 * patience_lost - one turn of a wait loop; true when it has waited for limit_ns.
 *
 * The clock is looked at now and then only. At those times the CPU is offered to
 * others: whoever is waited for may need it.
 */
bool patience_lost(struct patience *patience, uint64_t limit_ns)
{
	arch_relax();
	if (++patience->turns % 4096)
		return false;
	uint64_t now = now_ns();

	if (!patience->end_ns)
		patience->end_ns = now + limit_ns;
	sched_yield();
	return now > patience->end_ns;
}

/*
 * await_word - wait until a word has a value; 0 or -ETIMEDOUT.
 *
 * Acquires: what its writer did before a release store of that value is visible then.
 */
int await_word(const _Atomic uint32_t *word, uint32_t wanted, uint64_t limit_ns)
{
	struct patience patience = { 0 };

	while (atomic_load_explicit(word, memory_order_acquire) != wanted)
		if (patience_lost(&patience, limit_ns))
			return -ETIMEDOUT;
	return 0;
}

/*
 * sleep_ns - sleep at least ns nanoseconds, whatever signals arrive.
 *
 * Until a point in time: under a storm of signals what is left would be counted
 * anew each time, and never end.
 */
void sleep_ns(uint64_t ns)
{
	const uint64_t end = now_ns() + ns;
	const struct timespec when = { .tv_sec = (time_t)(end / NSEC_PER_SEC),
				       .tv_nsec = (long)(end % NSEC_PER_SEC) };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL) == EINTR)
		;
}
