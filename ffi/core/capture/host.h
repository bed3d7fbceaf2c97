/* What a trace needs to know about its host besides events. */
#ifndef FENCELAB_CAPTURE_HOST_H
#define FENCELAB_CAPTURE_HOST_H

#include "capture/drain.h"
#include "capture/events.h"
#include "protocol/json.h"

struct clock_snapshot {
	uint64_t boot, monotonic, monotonic_raw, realtime;
};

/* What was recorded, besides pages; events and threads are JSON arrays in the making. */
struct recording {
	struct instance instance;
	struct drain drain;
	struct clock_snapshot clocks[2]; /* at begin and end */
	struct json events, threads;
	enum ladder ladder;
};

void recording_begin(struct recording *recording);
void recording_write(struct recording *recording, struct json *j);
int recording_send_unavailable(int out, const char *reason, int error);
void host_clocks(struct clock_snapshot *snapshot);
void host_write_clocks(struct json *j, const char *when, const struct clock_snapshot *snapshot);
void host_write_threads(struct json *threads);
int host_send_symbols(int out);

#endif
