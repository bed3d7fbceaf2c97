/*
 * The capture experiment: operations under the kernel's tracer.
 *
 * Everything travels as files of the reply: pages, formats, symbols, the log of
 * operations. The controller turns them into a trace, here or elsewhere.
 */
#include "capture/capture.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capture/events.h"
#include "capture/host.h"
#include "experiments.h"
#include "kit/attempt.h"
#include "kit/clock.h"
#include "protocol/frame.h"

enum { MAX_CPUS = 1023, MAX_TECHNIQUES = 64, REASON = 160 };

/* What phases leave for their parent; shared, since each phase runs in a process of its own. */
struct board {
	struct recorder recorder;
	struct phase phase[MAX_TECHNIQUES];
	int error[MAX_TECHNIQUES];
	char reason[MAX_TECHNIQUES][REASON];
	struct operation log[];
};

struct capture {
	struct recording recording;
	struct capture_setup setup;
	const struct technique *technique[MAX_TECHNIQUES];
	int techniques;
	struct board *board;
	struct count_plan plan;
};

static void *shared(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE,
			    -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* A phase changes CPU, priority and registrations of its process for good: it gets one of its own. */
static void run_phase(struct capture *c, int index)
{
	struct board *board = c->board;
	int status = 0;

	/* stays so where the technique ends the process */
	board->error[index] = ATTEMPT_DIED;
	pid_t child = fork();

	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		technique_limit(c->technique[index], 2 * c->setup.seconds_ns);
		board->recorder.technique = (uint32_t)index;
		board->recorder.log = board->log;
		board->error[index] = phase_run(&c->setup, c->technique[index], &c->recording.instance,
						&c->plan, &board->recorder, &board->phase[index],
						board->reason[index], REASON);
		_exit(0);
	}
	if (child < 0) {
		board->error[index] = -errno;
	} else if (waitpid(child, &status, 0) == child && board->error[index] == ATTEMPT_DIED &&
		   !board->reason[index][0]) {
		technique_died(board->reason[index], REASON, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
			       WEXITSTATUS(status));
		board->phase[index].refused = WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
	}
	instance_tracing(&c->recording.instance, 0);
}

static void write_crew(struct json *threads, const struct recorder *recorder)
{
	for (int i = 0; i < recorder->tids; i++) {
		json_object(threads, NULL);
		json_i64(threads, "tid", recorder->tid[i]);
		json_i64(threads, "tgid", recorder->tgid);
		json_string(threads, "comm", i == recorder->tids - 1 ? CALLER_NAME : SIBLING_NAME);
		json_object_end(threads);
	}
}

static int run_phases(struct capture *c, int out)
{
	int ret = 0;

	for (int i = 0; i < c->techniques && !ret; i++) {
		c->board->recorder.tids = 0;
		run_phase(c, i);
		write_crew(&c->recording.threads, &c->board->recorder);
		host_write_threads(&c->recording.threads);
		ret = drain_all(&c->recording.drain, out);
		progress_send(out, (double)(i + 1) / c->techniques);
		if (c->board->phase[i].stopped) {
			c->techniques = i + 1;
			break;
		}
	}
	return ret;
}

static int send_operations(const struct capture *c, int out)
{
	uint64_t n = c->board->recorder.logged;
	unsigned char *bytes = malloc((size_t)n * OPERATION_BYTES + 1), *at = bytes;

	if (!bytes)
		return -ENOMEM;
	for (uint64_t i = 0; i < n; i++, at += OPERATION_BYTES) {
		const struct operation *o = &c->board->log[i];

		frame_put_u64(at, o->begin_ns);
		frame_put_u64(at + 8, o->end_ns);
		frame_put_u32(at + 16, o->tid);
		frame_put_u32(at + 20, o->cpu);
		frame_put_u32(at + 24, o->technique);
		frame_put_u32(at + 28, o->kept);
		frame_put_u64(at + 32, o->id);
	}
	int ret = frame_send_file(out, "ops.bin", bytes, (size_t)(at - bytes));

	free(bytes);
	return ret;
}

static void write_hist(struct json *j, const char *key, const struct hist *h)
{
	json_object(j, key);
	json_u64(j, "count", h->count);
	json_double(j, "p50", (double)hist_quantile(h, 0.5) / 1000);
	json_double(j, "p99", (double)hist_quantile(h, 0.99) / 1000);
	json_double(j, "max", (double)h->max / 1000);
	json_object_end(j);
}

static void write_known(struct json *j, const char *key, bool known, uint64_t value)
{
	known ? json_u64(j, key, value) : json_null(j, key);
}

static void write_phase(struct json *j, const struct capture *c, int i)
{
	const struct phase *p = &c->board->phase[i];
	int error = c->board->error[i];

	json_object(j, NULL);
	json_string(j, "technique", c->technique[i]->id);
	attempt_write(j, error, p->refused, c->board->reason[i]);
	json_u64(j, "beginNs", p->begin_ns);
	json_u64(j, "endNs", p->end_ns);
	json_u64(j, "ops", p->ops);
	json_u64(j, "kept", p->kept);
	json_u64(j, "perfInterrupts", p->perf_interrupts);
	json_u64(j, "procInterrupts", p->proc_interrupts);
	write_known(j, "flushes", p->flushes_known, p->flushes);
	write_known(j, "cycles", p->cycles_known, p->cycles);
	write_hist(j, "untracedNs", &p->untraced);
	write_hist(j, "tracedNs", &p->traced);
	json_bool(j, "stopped", p->stopped);
	json_u64(j, "worstNs", p->worst_ns);
	json_u64(j, "worstId", p->worst_id);
	json_object_end(j);
}

static int send_result(struct capture *c, int out)
{
	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	recording_write(&c->recording, &j);
	json_string(&j, "countedBy", count_source_name(c->plan.source));
	json_array(&j, "phases");
	for (int i = 0; i < c->techniques; i++)
		write_phase(&j, c, i);
	json_array_end(&j);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

static int record(struct capture *c, int out)
{
	int ret = events_enable(&c->recording.instance, &c->recording.ladder, &c->recording.events);

	ret = ret ? ret : drain_open(&c->recording.drain, &c->recording.instance);
	if (ret)
		return ret;
	host_clocks(&c->recording.clocks[0]);
	host_write_threads(&c->recording.threads);
	ret = run_phases(c, out);
	host_clocks(&c->recording.clocks[1]);
	ret = ret ? ret : events_send_formats(&c->recording.instance, out);
	ret = ret ? ret : host_send_symbols(out);
	ret = ret ? ret : send_operations(c, out);
	return ret ? ret : send_result(c, out);
}

static void read_techniques(struct request *r, struct capture *c)
{
	char list[1024];

	snprintf(list, sizeof(list), "%s", request_string(r, "techniques", ""));
	for (char *save, *id = strtok_r(list, ",", &save); id; id = strtok_r(NULL, ",", &save)) {
		const struct technique *technique = technique_find(id);

		if (!technique || c->techniques == MAX_TECHNIQUES) {
			request_fail(r, "technique '%.60s' is not known", id);
			return;
		}
		c->technique[c->techniques++] = technique;
	}
	if (c->techniques == 0)
		request_fail(r, "techniques names none");
}

/*
 * capture_run - request=capture.
 *
 * techniques (comma-separated), caller-cpu, sibling-cpus, ops and budget-ms per
 * technique, proof-us (how soon siblings must show that they run, around each
 * operation), buffer-kb per CPU, stop-above-ns (0: never), priority (fifo, none).
 */
int capture_run(struct request *r, int out)
{
	struct capture *c = calloc(1, sizeof(*c));
	int siblings[MAX_CPUS];
	const char *priority = request_string(r, "priority", "fifo");

	if (!c)
		return -ENOMEM;
	c->setup.sibling_cpus = siblings;
	c->setup.siblings = request_cpus(r, "sibling-cpus", siblings, MAX_CPUS);
	c->setup.caller_cpu = (int)request_u64(r, "caller-cpu", 0, 8191, 0);
	c->setup.ops = request_u64(r, "ops", 1, 10000000, 1000);
	c->setup.seconds_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	c->setup.stop_above_ns = request_u64(r, "stop-above-ns", 0, 1000 * NSEC_PER_SEC, 0);
	c->setup.buffer_kb = request_u64(r, "buffer-kb", 64, 4 << 20, 16384);
	c->setup.proof_ns = request_u64(r, "proof-us", 1, 1000000, 50) * 1000;
	c->setup.fifo = strcmp(priority, "fifo") == 0;
	read_techniques(r, c);
	if (c->setup.siblings == 0)
		request_fail(r, "sibling-cpus names no CPU");
	if (!c->setup.fifo && strcmp(priority, "none") != 0)
		request_fail(r, "priority '%.20s' is none of fifo, none", priority);
	for (int i = 0; i < c->setup.siblings; i++)
		if (siblings[i] == c->setup.caller_cpu)
			request_fail(r, "CPU %d is named for the caller and for a sibling", siblings[i]);
	if (request_finish(r))
		return -EINVAL;

	size_t room = (size_t)c->setup.ops * (size_t)c->techniques * sizeof(struct operation);

	c->board = shared(sizeof(*c->board) + room);
	recording_begin(&c->recording);
	count_plan_make(&c->plan);
	int ret = c->board ? instance_open(&c->recording.instance, c->setup.buffer_kb) : -ENOMEM;

	if (ret)
		return recording_send_unavailable(out, c->recording.instance.reason, ret);
	ret = record(c, out);
	drain_close(&c->recording.drain);
	instance_close(&c->recording.instance);
	return ret;
}
