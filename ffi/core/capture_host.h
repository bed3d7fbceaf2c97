/* What a trace needs to know about its host besides events. */
#ifndef FENCELAB_CAPTURE_HOST_H
#define FENCELAB_CAPTURE_HOST_H

#include "json.h"

struct clock_snapshot {
	uint64_t boot, monotonic, monotonic_raw, realtime;
};

void host_clocks(struct clock_snapshot *snapshot);
void host_write_clocks(struct json *j, const char *when, const struct clock_snapshot *snapshot);
void host_write_threads(struct json *threads);
int host_send_symbols(int out);

#endif
