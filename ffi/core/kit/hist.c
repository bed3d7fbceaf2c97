/* Log-linear histogram: bucket arithmetic, merging, quantiles. */
#include "kit/hist.h"

#include <string.h>

#define SUB (1u << HIST_BITS)

void hist_reset(struct hist *h)
{
	memset(h, 0, sizeof(*h));
	h->min = UINT64_MAX;
}

/* hist_index - bucket of a value; values from 2^50 ps on share the last bucket. */
unsigned int hist_index(uint64_t ps)
{
	if (ps < SUB)
		return (unsigned int)ps;
	unsigned int exponent = 63u - (unsigned int)__builtin_clzll(ps) - HIST_BITS;
	uint64_t index = ((uint64_t)(exponent + 1) << HIST_BITS) + (ps >> exponent) - SUB;

	return index < HIST_BUCKETS ? (unsigned int)index : HIST_BUCKETS - 1;
}

/* hist_low - smallest value of a bucket, in ps. */
uint64_t hist_low(unsigned int index)
{
	if (index < SUB)
		return index;
	return (uint64_t)((index & (SUB - 1)) + SUB) << ((index >> HIST_BITS) - 1);
}

/* hist_width - number of values that share a bucket. */
uint64_t hist_width(unsigned int index)
{
	return index < SUB ? 1 : 1ull << ((index >> HIST_BITS) - 1);
}

void hist_add(struct hist *h, uint64_t ps)
{
	h->bucket[hist_index(ps)]++;
	h->count++;
	h->sum += (double)ps;
	if (ps < h->min)
		h->min = ps;
	if (ps > h->max)
		h->max = ps;
}

void hist_merge(struct hist *into, const struct hist *from)
{
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		into->bucket[i] += from->bucket[i];
	into->count += from->count;
	into->sum += from->sum;
	if (from->min < into->min)
		into->min = from->min;
	if (from->max > into->max)
		into->max = from->max;
}

/*
 * hist_quantile - the value below or at which a share q of the samples lies.
 *
 * Nearest rank; the midpoint of the bucket, held inside the exact minimum and
 * maximum. 0 for an empty histogram.
 */
uint64_t hist_quantile(const struct hist *h, double q)
{
	if (h->count == 0)
		return 0;
	double exact = q * (double)h->count;
	uint64_t rank = (uint64_t)exact;

	if ((double)rank < exact || rank == 0)
		rank++;
	if (rank > h->count)
		rank = h->count;
	uint64_t seen = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if (seen >= rank) {
			uint64_t mid = hist_low(i) + (hist_width(i) - 1) / 2;

			return mid < h->min ? h->min : mid > h->max ? h->max : mid;
		}
	}
	return h->max;
}
