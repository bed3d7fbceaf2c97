/* The rcu experiment's requests: parameters in, one result out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "rcu/session.h"

enum { MAX_CPUS = 1024, MAX_THREADS = 1024 };

/* The instruction of a reader's full fence; NULL for readers that execute none. */
static const char *reader_fence(enum rcu_light light)
{
	switch (light) {
	case RCU_LIGHT_FENCE:
	case RCU_LIGHT_QUIESCENT:
		return ARCH_FULL_FENCE;
#ifdef ARCH_MFENCE
	case RCU_LIGHT_MFENCE:
		return ARCH_MFENCE;
#endif
	default:
		return NULL;
	}
}

/* What the same threads showed without fences. */
static void write_control(struct json *j, const struct rcu_control *control)
{
	const struct rcu_outcome *o = &control->outcome;

	json_object(j, "control");
	json_double(j, "seconds", o->seconds);
	json_u64(j, "reads", o->reads);
	json_u64(j, "writes", o->writes);
	json_u64(j, "gracePeriods", o->graces);
	json_u64(j, "stale", o->stale);
	json_array(j, "rounds");
	for (int i = 0; i < RCU_ROUNDS; i++) {
		json_object(j, NULL);
		json_u64(j, "gracePeriods", control->graces[i]);
		json_u64(j, "stale", control->stale[i]);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* control: NULL where there was none. */
static int send_outcome(int out, const struct rcu_setup *setup, const struct rcu_outcome *o,
			const struct rcu_control *control, int error)
{
	struct json j;
	/* a histogram belongs to the result that follows it */
	int ret = o->grace.count ? hist_send(out, &o->grace) : 0;

	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "rcu");
	json_string(&j, "flavour", setup->flavour->id);
	json_string(&j, "technique", setup->flavour->technique);
	json_string(&j, "readerFence", reader_fence(setup->flavour->light));
	json_string(&j, "mode", setup->torture ? "torture" : "bench");
	json_bool(&j, "mutant", setup->mutation != RCU_INTACT);
	json_i64(&j, "readers", setup->readers);
	json_i64(&j, "writers", setup->writers);
	json_cpus(&j, "readerCpus", setup->reader_cpus, setup->reader_cpu_count);
	json_cpus(&j, "writerCpus", setup->writer_cpus, setup->writer_cpu_count);
	attempt_write(&j, error, o->refused, o->reason);
	json_double(&j, "seconds", o->seconds);
	json_u64(&j, "reads", o->reads);
	json_u64(&j, "writes", o->writes);
	json_u64(&j, "gracePeriods", o->graces);
	if (setup->torture)
		json_u64(&j, "aimed", o->aimed);
	json_u64(&j, "stale", o->stale);
	if (control && !error)
		write_control(&j, control);
	hist_write(&j, "readNs", &o->read);
	hist_write(&j, "gracePeriodNs", &o->grace);
	json_string(&j, "priority", priority_name(o->priority));
	json_object_end(&j);
	int sent = frame_send_json(out, FRAME_RESULT, &j);

	return ret ? ret : sent;
}

static const char *const modes[] = { "bench", "torture" };
static const char *const mutations[] = {
	[RCU_INTACT] = "none",
	[RCU_NO_FENCES] = "no-fences",
	[RCU_ONE_PHASE] = "one-phase",
};

/* A torture with its control, or one measurement; 0 or -errno. */
static int measure(struct rcu_setup *setup, struct rcu_outcome *outcome, struct rcu_control *control,
		   int out)
{
	setup->times = setup->torture ? aligned_alloc(_Alignof(struct rcu_times), sizeof(*setup->times)) :
					NULL;
	if (setup->torture && !setup->times)
		return -ENOMEM;
	if (setup->times)
		memset(setup->times, 0, sizeof(*setup->times));
	int ret = control ? rcu_torture(setup, outcome, control, out) : rcu_measure(setup, outcome, out);

	/* a thread that did not end may still use it */
	if (ret != -ETIMEDOUT)
		free(setup->times);
	return ret;
}

/*
 * rcu_run - request=rcu.
 *
 * flavour, readers, writers, reader-cpus and writer-cpus (threads take them in
 * turn), budget-ms, mode (bench, torture: with a control that takes as long again),
 * mutate (none; for torture no-fences, one-phase, then without control), priority
 * (fifo: the best that is allowed, autogroup, none). A flavour that cannot run here
 * is an ordinary result, see attempt_write().
 */
int rcu_run(struct request *r, int out)
{
	int readers[MAX_CPUS], writers[MAX_CPUS];
	struct rcu_setup setup = { .reader_cpus = readers, .writer_cpus = writers, .best = -1 };
	const char *id = request_string(r, "flavour", "");

	setup.flavour = rcu_flavour_find(id);
	setup.readers = (int)request_u64(r, "readers", 1, MAX_THREADS, 1);
	setup.writers = (int)request_u64(r, "writers", 0, MAX_THREADS, 1);
	setup.reader_cpu_count = request_cpus(r, "reader-cpus", readers, MAX_CPUS);
	setup.writer_cpu_count = request_cpus(r, "writer-cpus", writers, MAX_CPUS);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	setup.whole_ns = setup.budget_ns;
	setup.torture = request_choice(r, "mode", modes, sizeof(modes) / sizeof(modes[0])) == 1;
	setup.mutation = (enum rcu_mutation)request_choice(r, "mutate", mutations,
							   sizeof(mutations) / sizeof(mutations[0]));
	if (!setup.flavour)
		request_fail(r, "flavour '%.60s' is not known", id);
	if (setup.reader_cpu_count == 0)
		request_fail(r, "reader-cpus names no CPU");
	if (setup.writers && setup.writer_cpu_count == 0)
		request_fail(r, "writer-cpus names no CPU");
	if (setup.mutation != RCU_INTACT && !setup.torture)
		request_fail(r, "mutate is for mode torture: elsewhere freed memory would be used");
	request_priority(r, &setup.fifo, &setup.autogroup);
	if (request_finish(r))
		return -EINVAL;

	struct rcu_outcome *outcome = malloc(sizeof(*outcome));
	struct rcu_control *control = malloc(sizeof(*control));
	bool controlled = setup.torture && setup.mutation == RCU_INTACT;
	int ret = -ENOMEM;

	if (outcome && control) {
		rcu_outcome_reset(outcome);
		rcu_outcome_reset(&control->outcome);
		int error = measure(&setup, outcome, controlled ? control : NULL, out);

		ret = send_outcome(out, &setup, outcome, controlled ? control : NULL, error);
	}
	free(control);
	free(outcome);
	return ret;
}
