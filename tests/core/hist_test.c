/* Histogram: bucket bounds, error bound, quantiles against a sorted array. */
#include "check.h"

#include <stdlib.h>

#include "kit/hist.h"

static uint64_t state = 88172645463325252ull;

/* xorshift64 (Marsaglia 2003): the same numbers in every run. */
static uint64_t random_value(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void test_buckets(void)
{
	for (unsigned int i = 0; i + 1 < HIST_BUCKETS; i++) {
		uint64_t low = hist_low(i), width = hist_width(i);

		CHECK(hist_low(i + 1) == low + width);
		CHECK(hist_index(low) == i && hist_index(low + width - 1) == i);
		/* at most 1 % wide; below 128 ps buckets are single values */
		CHECK(width == 1 || width * 100 <= low);
	}
	CHECK(hist_index(UINT64_MAX) == HIST_BUCKETS - 1);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void test_quantiles(void)
{
	enum { N = 20001 };
	static uint64_t value[N];
	static struct hist all, half;
	static const double quantiles[] = { 0.0, 0.001, 0.5, 0.9, 0.99, 0.999, 1.0 };

	hist_reset(&all);
	hist_reset(&half);
	for (int i = 0; i < N; i++) {
		value[i] = random_value() >> (24 + random_value() % 38);
		hist_add(i % 2 ? &all : &half, value[i]);
	}
	hist_merge(&all, &half);
	qsort(value, N, sizeof(value[0]), compare);
	CHECK(all.count == N && all.min == value[0] && all.max == value[N - 1]);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		size_t rank = (size_t)(quantiles[i] * N);

		rank -= rank > 0 && (double)rank >= quantiles[i] * N;
		double exact = (double)value[rank];
		double got = (double)hist_quantile(&all, quantiles[i]);

		CHECK(got >= exact * 0.99 - 1 && got <= exact * 1.01 + 1);
	}
}

void test_hist(void)
{
	static struct hist empty;

	hist_reset(&empty);
	CHECK(hist_quantile(&empty, 0.5) == 0);
	test_buckets();
	test_quantiles();
}
