/*
 * The trace request: the same events as a capture, while a program of the user's
 * runs, or of the whole machine for some time.
 *
 * System calls are filtered in the kernel to those that interrupt others. Pages
 * are drained while the program runs, so that its length does not matter.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/drain.h"
#include "capture/events.h"
#include "capture/host.h"
#include "capture/program.h"
#include "experiments.h"
#include "kit/clock.h"
#include "protocol/frame.h"

enum { DRAIN_MS = 20, PROGRESS_MS = 500 };

struct trace {
	struct recording recording;
	struct program program;
	uint64_t limit_ns; /* 0: until the program ends */
	uint64_t begin_ns, end_ns;
	bool timed_out;
};

/* Forward what the program writes; false when both of its streams are closed. */
static bool forward_output(struct program *program, int out, int timeout_ms)
{
	struct pollfd wait[2] = { { .fd = program->output[0], .events = POLLIN },
				  { .fd = program->output[1], .events = POLLIN } };
	char bytes[4 + 16384];

	if (poll(wait, 2, timeout_ms) <= 0)
		return program->output[0] >= 0 || program->output[1] >= 0;
	for (int i = 0; i < 2; i++) {
		if (!wait[i].revents)
			continue;
		ssize_t n = read(program->output[i], bytes + 4, sizeof(bytes) - 4);

		if (n > 0) {
			frame_put_u32((unsigned char *)bytes, (uint32_t)i + 1);
			frame_send(out, FRAME_OUTPUT, bytes, 4 + (size_t)n);
		} else if (n == 0 || errno != EINTR) {
			close(program->output[i]);
			program->output[i] = -1;
		}
	}
	return program->output[0] >= 0 || program->output[1] >= 0;
}

static int record(struct trace *t, int out)
{
	uint64_t end = t->limit_ns ? now_ns() + t->limit_ns : UINT64_MAX, begin = now_ns(), told = begin;
	int ret = instance_tracing(&t->recording.instance, 1);

	t->begin_ns = begin;
	if (!ret && t->program.pid)
		ret = program_go(&t->program);
	while (!ret) {
		bool talks = forward_output(&t->program, out, DRAIN_MS);

		ret = drain_all(&t->recording.drain, out);
		if (t->program.pid && program_ended(&t->program) && !talks)
			break;
		uint64_t now = now_ns();

		if (now > end) {
			t->timed_out = t->program.pid && !t->program.ended;
			break;
		}
		if (t->limit_ns && now - told > PROGRESS_MS * NSEC_PER_MSEC) {
			progress_send(out, (double)(now - begin) / (double)t->limit_ns);
			told = now;
		}
		if (!talks && !t->program.pid)
			sleep_ns(DRAIN_MS * NSEC_PER_MSEC);
	}
	program_kill(&t->program);
	instance_tracing(&t->recording.instance, 0);
	t->end_ns = now_ns();
	return ret ? ret : drain_all(&t->recording.drain, out);
}

static int send_result(struct trace *t, int out)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	recording_write(&t->recording, &j);
	json_i64(&j, "pid", t->program.pid);
	json_i64(&j, "exitStatus", t->program.status);
	json_i64(&j, "exitSignal", t->program.signal);
	json_bool(&j, "timedOut", t->timed_out);
	json_double(&j, "seconds", (double)(t->end_ns - t->begin_ns) / 1e9);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

static int trace_all(struct trace *t, int out)
{
	int ret = events_enable(&t->recording.instance, &t->recording.ladder, &t->recording.events);

	ret = ret ? ret : events_enable_processes(&t->recording.instance, &t->recording.events);
	ret = ret ? ret : events_filter_calls(&t->recording.instance);
	ret = ret ? ret : drain_open(&t->recording.drain, &t->recording.instance);
	if (ret)
		return ret;
	host_clocks(&t->recording.clocks[0]);
	host_write_threads(&t->recording.threads);
	ret = record(t, out);
	host_clocks(&t->recording.clocks[1]);
	host_write_threads(&t->recording.threads);
	ret = ret ? ret : events_send_formats(&t->recording.instance, out);
	ret = ret ? ret : host_send_symbols(out);
	return ret ? ret : send_result(t, out);
}

/*
 * trace_run - request=trace.
 *
 * command (arguments percent-encoded, separated by blanks; empty: the whole
 * machine), limit-ms (0: until the program ends), buffer-kb per CPU.
 */
int trace_run(struct request *r, int out)
{
	struct trace *t = calloc(1, sizeof(*t));
	const char *command = request_string(r, "command", "");

	if (!t)
		return -ENOMEM;
	t->limit_ns = request_u64(r, "limit-ms", 0, 86400000, 0) * NSEC_PER_MSEC;
	uint64_t buffer_kb = request_u64(r, "buffer-kb", 64, 4 << 20, 16384);

	if (!command[0] && !t->limit_ns)
		request_fail(r, "without a command limit-ms says how long to trace");
	if (request_finish(r))
		return -EINVAL;
	recording_begin(&t->recording);
	t->program.output[0] = t->program.output[1] = -1;
	int ret = command[0] ? program_start(&t->program, command) : 0;

	if (ret)
		return recording_send_unavailable(out, t->program.reason, ret);
	ret = instance_open(&t->recording.instance, buffer_kb);
	if (ret) {
		program_kill(&t->program);
		return recording_send_unavailable(out, t->recording.instance.reason, ret);
	}
	ret = trace_all(t, out);
	drain_close(&t->recording.drain);
	instance_close(&t->recording.instance);
	return ret;
}
