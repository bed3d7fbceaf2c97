/* Log-linear histogram of durations in picoseconds. */
#ifndef FENCELAB_HIST_H
#define FENCELAB_HIST_H

#include <stddef.h>
#include <stdint.h>

/*
 * 2^7 buckets per power of two: a bucket is at most 1/128 of its value wide,
 * so its midpoint is within 0.4 % of every value in it. Values are picoseconds,
 * since a fence in a batch costs less than a nanosecond; 2^50 ps are 18 minutes.
 */
enum {
	HIST_BITS = 7,
	HIST_TOP_BIT = 50,
	HIST_BUCKETS = (HIST_TOP_BIT - HIST_BITS + 2) << HIST_BITS,
};

struct hist {
	uint64_t count;
	uint64_t min, max; /* exact, in ps; min is UINT64_MAX while empty */
	double sum; /* exact up to 2^53 ps, then rounded; only for the mean */
	uint64_t bucket[HIST_BUCKETS];
};

void hist_reset(struct hist *h);
void hist_add(struct hist *h, uint64_t ps);
void hist_merge(struct hist *into, const struct hist *from);
uint64_t hist_quantile(const struct hist *h, double q);
unsigned int hist_index(uint64_t ps);
uint64_t hist_low(unsigned int index);
uint64_t hist_width(unsigned int index);

#endif
