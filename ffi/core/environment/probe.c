/* The capability probe: what can this machine do, and what stands in the way. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "conformance/capability.h"
#include "experiments.h"
#include "kit/attempt.h"
#include "kit/child.h"
#include "kit/count.h"
#include "kit/sys.h"
#include "kit/thread.h"
#include "kit/tracefs.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "technique/technique.h"

struct technique_answer {
	int error;
	bool refused;
	char reason[160];
};

/* Opens a technique and uses it once, alone. */
static void try_technique(void *argument, int answer)
{
	struct technique_answer reply = { 0 };
	struct fence fence;

	reply.error = fence_open(&fence, argument, -1, 0);
	if (!reply.error && fence.technique->prepare)
		reply.error = fence.technique->prepare(&fence);
	if (!reply.error)
		reply.error = fence.technique->heavy(&fence);
	reply.refused = fence.reason[0] ? fence.refused : !error_passes(reply.error);
	memcpy(reply.reason, fence.reason, sizeof(reply.reason));
	write_all(answer, &reply, sizeof(reply));
}

static void write_technique(struct json *j, const struct technique *technique)
{
	struct technique_answer answer = { 0 };
	struct child_end end;
	int ret = child_run(try_technique, (void *)technique, &answer, sizeof(answer), &end);

	if (!ret && end.length != sizeof(answer)) {
		answer.error = ATTEMPT_DIED;
		answer.refused = end.signal == SIGSYS;
		technique_died(answer.reason, sizeof(answer.reason), end.signal, end.status);
	} else if (ret) {
		answer.error = ret;
	}
	if (answer.error && !answer.reason[0])
		snprintf(answer.reason, sizeof(answer.reason), "the heavy call answers %s",
			 errno_name(-answer.error));
	json_object(j, NULL);
	json_string(j, "id", technique->id);
	attempt_write(j, answer.error, answer.refused, answer.reason);
	json_object_end(j);
}

static void write_membarrier(struct json *j)
{
	struct membarrier_capability c;

	membarrier_capability(&c, FILTER_NONE);
	json_object(j, "membarrier");
	json_string(j, "state", membarrier_state_name(c.state));
	json_i64(j, "mask", c.mask > 0 ? c.mask : 0);
	json_errno(j, "errno", c.mask < 0 ? (int)c.mask : 0);
	json_string(j, "reason", c.reason[0] ? c.reason : NULL);
	json_object_end(j);
}

static void write_counting(struct json *j)
{
	struct count_plan plan;

	count_plan_make(&plan);
	json_object(j, "counting");
	json_bool(j, "available", plan.source != COUNT_NONE);
	json_string(j, "source", count_source_name(plan.source));
	json_array(j, "events");
	for (int i = 0; i < plan.events; i++)
		json_string(j, NULL, plan.name[i]);
	json_array_end(j);
	json_errno(j, "errno", plan.error);
	json_string(j, "reason", plan.error ? plan.reason : NULL);
	json_object_end(j);
}

static void write_tracefs(struct json *j)
{
	static const char *const groups[] = { "ipi", "csd",   "irq_vectors", "irq",
					      "tlb", "sched", "powerpc",     "raw_syscalls" };
	struct tracefs tracefs;
	int error = tracefs_open(&tracefs);

	json_object(j, "tracefs");
	json_bool(j, "available", error == 0);
	json_string(j, "path", error ? NULL : tracefs.where);
	json_array(j, "groups");
	for (size_t i = 0; !error && i < sizeof(groups) / sizeof(groups[0]); i++)
		if (tracefs_has(&tracefs, groups[i]) == 0)
			json_string(j, NULL, groups[i]);
	json_array_end(j);
	json_errno(j, "errno", error);
	json_string(j, "reason",
		    error == -EACCES ? "tracefs is mounted, but this user may not read it" :
		    error == -EPERM  ? "tracefs is not mounted and this user may not mount it" :
		    error	     ? "the kernel offers no tracefs" :
				       NULL);
	json_object_end(j);
	if (!error)
		tracefs_close(&tracefs);
}

struct right {
	int error;
};

static void try_fifo(void *unused, int answer)
{
	struct right right = { .error = thread_fifo(1) };

	(void)unused;
	write_all(answer, &right, sizeof(right));
}

static void try_autogroup(void *unused, int answer)
{
	struct right right = { 0 };

	(void)unused;
	setsid(); /* not to raise the session that asks */
	right.error = process_autogroup();
	write_all(answer, &right, sizeof(right));
}

static void try_mlock(void *unused, int answer)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct right right = { .error = page == MAP_FAILED || mlock(page, size) ? -errno : 0 };

	(void)unused;
	write_all(answer, &right, sizeof(right));
}

static void write_right(struct json *j, const char *key, child_job *job, const char *refused)
{
	struct right right = { 0 };
	struct child_end end;
	int ret = child_run(job, NULL, &right, sizeof(right), &end);

	if (!ret)
		ret = end.length == sizeof(right) ? right.error : -EIO;
	json_object(j, key);
	json_bool(j, "available", ret == 0);
	json_errno(j, "errno", ret);
	json_string(j, "reason", ret ? refused : NULL);
	json_object_end(j);
}

/* probe_run - request=probe; every trial runs in a process of its own. */
int probe_run(struct request *r, int out)
{
	const struct technique *technique;
	int mode = seccomp_mode();
	struct json j;

	if (request_finish(r))
		return -EINVAL;
	json_init(&j);
	json_object(&j, NULL);
	write_membarrier(&j);
	json_array(&j, "techniques");
	for (size_t i = 0; (technique = technique_at(i)); i++)
		write_technique(&j, technique);
	json_array_end(&j);
	write_counting(&j);
	write_tracefs(&j);
	write_right(&j, "realtime", try_fifo, "SCHED_FIFO is refused");
	write_right(&j, "autogroup", try_autogroup, "a negative nice value is refused");
	write_right(&j, "mlock", try_mlock, "not even one page can be locked");
	if (mode < 0)
		json_null(&j, "seccompMode");
	else
		json_i64(&j, "seccompMode", mode);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
