/*
 * What registering for an expedited membarrier command costs: cold and warm,
 * before and after threads exist. With threads it calls synchronize_rcu(),
 * milliseconds instead of microseconds (kernel/sched/membarrier.c,
 * sync_runqueues_membarrier_state()).
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/child.h"
#include "kit/clock.h"
#include "kit/sys.h"
#include "kit/thread.h"
#include "protocol/frame.h"
#include "protocol/json.h"
#include "technique/technique.h"

enum { TRIALS = 25, THREADED_TRIALS = 7, WARM_REPEATS = 50 };

struct sample {
	uint64_t ns[TRIALS];
	int count;
};

/* One fresh process answers these durations; a registration happens once per process. */
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

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

struct job {
	int command;
	bool threaded;
};

static void in_fresh_process(void *argument, int answer)
{
	const struct job *job = argument;
	struct trial trial = { 0 };
	uint64_t warm[WARM_REPEATS];

	now_ns(); /* fault the vDSO in: the first read is not to be part of a cold registration */
	if (job->threaded)
		trial.error = thread_sleeping();
	if (trial.error) {
		/* without the thread it would be the time of a process that has one */
		write_all(answer, &trial, sizeof(trial));
		return;
	}
	trial.cold = timed(job->command, &trial.error);
	for (int i = 0; i < WARM_REPEATS; i++)
		warm[i] = timed(job->command, &trial.error);
	qsort(warm, WARM_REPEATS, sizeof(warm[0]), compare);
	trial.warm = warm[WARM_REPEATS / 2];
	write_all(answer, &trial, sizeof(trial));
}

static int run_trial(int command, bool threaded, struct trial *trial)
{
	struct job job = { command, threaded };
	struct child_end end;
	int ret = child_run(in_fresh_process, &job, trial, sizeof(*trial), &end);

	if (ret || end.length == sizeof(*trial))
		return ret ? ret : trial->error;
	return end.signal == SIGSYS ? -EPERM : ATTEMPT_DIED; /* SIGSYS: a filter's way to say no */
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

/* Trials of one kind; one that fails makes them all worth nothing. 0 or -errno. */
static int measure(int command, bool threaded, struct sample *cold, struct sample *warm)
{
	struct trial trial;
	int ret = 0;

	for (int i = 0; i < (threaded ? THREADED_TRIALS : TRIALS) && !ret; i++) {
		ret = run_trial(command, threaded, &trial);
		cold->ns[cold->count++] = trial.cold;
		warm->ns[warm->count++] = trial.warm;
	}
	if (ret)
		cold->count = warm->count = 0;
	return ret;
}

/*
 * registration_run - request=registration, technique.
 *
 * Each trial is a process of its own, forked from this one: it inherits this
 * process's registrations, of which there are none. The result's registerNs is
 * null for techniques that need no registration or cannot run here, and its
 * coldThreaded where no second thread could be had.
 */
int registration_run(struct request *r, int out)
{
	struct sample cold = { .count = 0 }, warm = { .count = 0 }, threaded = { .count = 0 }, rest;
	const char *id = request_string(r, "technique", "");
	const struct technique *technique = technique_find(id);
	int command = technique ? technique->registration : 0, error = 0, late = 0;
	char reason[96] = "";

	if (!technique)
		request_fail(r, "technique '%.60s' is not known", id);
	if (request_finish(r))
		return -EINVAL;
	rest.count = 0;
	if (command)
		error = measure(command, false, &cold, &warm);
	if (command && !error)
		late = measure(command, true, &threaded, &rest);
	if (error || late)
		snprintf(reason, sizeof(reason), "registering with %s thread: %s",
			 error ? "one" : "more than one",
			 (error ? error : late) == ATTEMPT_DIED ? "the process that tried was killed" :
								  errno_name(error ? -error : -late));

	struct json j;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "technique", id);
	attempt_write(&j, error ? error : late, error && !error_passes(error), reason);
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
