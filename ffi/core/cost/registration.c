/*
 * What registering for an expedited membarrier command costs: cold and warm,
 * before and after threads exist. With threads it calls synchronize_rcu(),
 * milliseconds instead of microseconds (kernel/sched/membarrier.c,
 * sync_runqueues_membarrier_state()).
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "experiments.h"
#include "kit/child.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "technique/technique.h"

enum { TRIALS = 25, THREADED_TRIALS = 7, WARM_REPEATS = 50 };

struct sample {
	uint64_t ns[TRIALS];
	int count;
};

/* One fresh process answers these three durations; a registration happens once per process. */
struct trial {
	uint64_t cold, warm;
	int error;
};

static uint64_t timed(int command, int *error)
{
	uint64_t start = now_ns();
	long ret = sys_membarrier(command, 0, 0);
	uint64_t end = now_ns();

	if (ret < 0)
		*error = (int)ret;
	return end - start;
}

static void *wait_forever(void *unused)
{
	(void)unused;
	for (;;)
		sleep_ns(NSEC_PER_SEC);
	return NULL;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct job {
	int command, threads;
};

static void in_fresh_process(void *argument, int answer)
{
	const struct job *job = argument;
	struct trial trial = { 0 };
	uint64_t warm[WARM_REPEATS];
	pthread_t thread;

	now_ns(); /* fault the vDSO in: the first read is not to be part of a cold registration */
	for (int i = 0; i < job->threads; i++)
		trial.error |= -pthread_create(&thread, NULL, wait_forever, NULL);
	trial.cold = timed(job->command, &trial.error);
	for (int i = 0; i < WARM_REPEATS; i++)
		warm[i] = timed(job->command, &trial.error);
	qsort(warm, WARM_REPEATS, sizeof(warm[0]), compare);
	trial.warm = warm[WARM_REPEATS / 2];
	write_all(answer, &trial, sizeof(trial));
}

static int run_trial(int command, int threads, struct trial *trial)
{
	struct job job = { command, threads };
	struct child_end end;
	int ret = child_run(in_fresh_process, &job, trial, sizeof(*trial), &end);

	if (ret)
		return ret;
	return end.length == sizeof(*trial) ? trial->error : -EIO; /* killed: a filter */
}

static void write_sample(struct json *j, const char *key, struct sample *s)
{
	if (s->count == 0) {
		json_null(j, key);
		return;
	}
	qsort(s->ns, (size_t)s->count, sizeof(s->ns[0]), compare);
	json_object(j, key);
	json_i64(j, "count", s->count);
	json_u64(j, "min", s->ns[0]);
	json_u64(j, "p50", s->ns[s->count / 2]);
	json_u64(j, "max", s->ns[s->count - 1]);
	json_object_end(j);
}

static int measure(int command, struct sample *cold, struct sample *warm, struct sample *threaded)
{
	struct trial trial;
	int ret = 0;

	for (int i = 0; i < TRIALS && !ret; i++) {
		ret = run_trial(command, 0, &trial);
		if (ret)
			break;
		cold->ns[cold->count++] = trial.cold;
		warm->ns[warm->count++] = trial.warm;
	}
	for (int i = 0; i < THREADED_TRIALS && !ret; i++) {
		ret = run_trial(command, 1, &trial);
		if (!ret)
			threaded->ns[threaded->count++] = trial.cold;
	}
	return ret;
}

/*
 * registration_run - request=registration, technique.
 *
 * Each trial is a process of its own, forked from this one: it inherits this
 * process's registrations, of which there are none. The result's registerNs is
 * null for techniques that need no registration or cannot run here.
 */
int registration_run(struct request *r, int out)
{
	struct sample cold = { .count = 0 }, warm = { .count = 0 }, threaded = { .count = 0 };
	const char *id = request_string(r, "technique", "");
	const struct technique *technique = technique_find(id);
	int command = technique ? technique->registration : 0, error = 0;

	if (!technique)
		request_fail(r, "technique '%.60s' is not known", id);
	if (request_finish(r))
		return -EINVAL;
	if (command)
		error = measure(command, &cold, &warm, &threaded);

	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "technique", id);
	json_errno(&j, "errno", error);
	if (!command || error) {
		json_null(&j, "registerNs");
	} else {
		json_object(&j, "registerNs");
		write_sample(&j, "coldSingle", &cold);
		write_sample(&j, "warm", &warm);
		write_sample(&j, "coldThreaded", &threaded);
		json_object_end(&j);
	}
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
