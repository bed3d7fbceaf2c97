/* Histograms on their way to the controller: quantiles as JSON, buckets as a frame. */
#include "kit/hist_frame.h"

#include <errno.h>
#include <stdlib.h>

#include "protocol/frame.h"

/* hist_write - quantiles in nanoseconds, or null for an empty histogram. */
void hist_write(struct json *j, const char *key, const struct hist *h)
{
	static const struct {
		const char *key;
		double q;
	} quantiles[] = { { "p50", 0.5 }, { "p90", 0.9 }, { "p99", 0.99 }, { "p999", 0.999 } };

	if (h->count == 0) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_double(j, "min", (double)h->min / 1000);
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		json_double(j, quantiles[i].key, (double)hist_quantile(h, quantiles[i].q) / 1000);
	json_double(j, "max", (double)h->max / 1000);
	json_double(j, "mean", h->sum / (double)h->count / 1000);
	json_object_end(j);
}

/*
 * hist_send - the buckets that hold something: u32 precision bits, u32 pairs,
 * then {u32 index, u64 count} each. 0 or -errno.
 */
int hist_send(int out, const struct hist *h)
{
	uint32_t pairs = 0;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		pairs += h->bucket[i] != 0;
	unsigned char *bytes = malloc(8 + (size_t)pairs * 12), *at = bytes;

	if (!bytes)
		return -ENOMEM;
	frame_put_u32(at, HIST_BITS);
	frame_put_u32(at + 4, pairs);
	at += 8;
	for (uint32_t i = 0; i < HIST_BUCKETS; i++)
		if (h->bucket[i]) {
			frame_put_u32(at, i);
			frame_put_u64(at + 4, h->bucket[i]);
			at += 12;
		}
	int ret = frame_send(out, FRAME_HISTOGRAM, bytes, (size_t)(at - bytes));

	free(bytes);
	return ret;
}
