/* The rcu experiment's requests: parameters in, one result out. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"
#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "rcu/session.h"

enum { MAX_CPUS = 1024, MAX_THREADS = 1024 };

static void write_cpus(struct json *j, const char *key, const int *cpus, int n)
{
	json_array(j, key);
	for (int i = 0; i < n; i++)
		json_i64(j, NULL, cpus[i]);
	json_array_end(j);
}

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

static int send_outcome(int out, const struct rcu_setup *setup, const struct rcu_outcome *o, int error)
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
	json_bool(&j, "mutant", setup->mutant);
	json_i64(&j, "readers", setup->readers);
	json_i64(&j, "writers", setup->writers);
	write_cpus(&j, "readerCpus", setup->reader_cpus, setup->reader_cpu_count);
	write_cpus(&j, "writerCpus", setup->writer_cpus, setup->writer_cpu_count);
	json_bool(&j, "available", !error);
	json_string(&j, "reason", error ? o->reason : NULL);
	json_errno(&j, "errno", error);
	json_double(&j, "seconds", o->seconds);
	json_u64(&j, "reads", o->reads);
	json_u64(&j, "writes", o->writes);
	json_u64(&j, "gracePeriods", o->graces);
	json_u64(&j, "stale", o->stale);
	hist_write(&j, "readNs", &o->read);
	hist_write(&j, "gracePeriodNs", &o->grace);
	json_string(&j, "priority", priority_name(o->priority));
	json_object_end(&j);
	int sent = frame_send_json(out, FRAME_RESULT, &j);

	return ret ? ret : sent;
}

/* Which of two names a parameter holds. */
static bool second(struct request *r, const char *key, const char *first_name, const char *second_name)
{
	const char *value = request_string(r, key, first_name);

	if (strcmp(value, first_name) != 0 && strcmp(value, second_name) != 0)
		request_fail(r, "%s '%.30s' is neither %s nor %s", key, value, first_name, second_name);
	return strcmp(value, second_name) == 0;
}

/*
 * rcu_run - request=rcu.
 *
 * flavour, readers, writers, reader-cpus and writer-cpus (threads take them in
 * turn), budget-ms, mode (bench, torture), mutate (none; no-heavy-fence, for
 * torture), priority (fifo: the best that is allowed, autogroup, none). A flavour
 * that cannot run here is an ordinary result with available=false.
 */
int rcu_run(struct request *r, int out)
{
	int readers[MAX_CPUS], writers[MAX_CPUS];
	struct rcu_setup setup = { .reader_cpus = readers, .writer_cpus = writers };
	const char *id = request_string(r, "flavour", "");

	setup.flavour = rcu_flavour_find(id);
	setup.readers = (int)request_u64(r, "readers", 1, MAX_THREADS, 1);
	setup.writers = (int)request_u64(r, "writers", 0, MAX_THREADS, 1);
	setup.reader_cpu_count = request_cpus(r, "reader-cpus", readers, MAX_CPUS);
	setup.writer_cpu_count = request_cpus(r, "writer-cpus", writers, MAX_CPUS);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 1000) * NSEC_PER_MSEC;
	setup.torture = second(r, "mode", "bench", "torture");
	setup.mutant = second(r, "mutate", "none", "no-heavy-fence");
	if (!setup.flavour)
		request_fail(r, "flavour '%.60s' is not known", id);
	if (setup.reader_cpu_count == 0)
		request_fail(r, "reader-cpus names no CPU");
	if (setup.writers && setup.writer_cpu_count == 0)
		request_fail(r, "writer-cpus names no CPU");
	if (setup.mutant && !setup.torture)
		request_fail(r, "mutate is for mode torture: elsewhere freed memory would be used");
	request_priority(r, &setup.fifo, &setup.autogroup);
	if (request_finish(r))
		return -EINVAL;

	struct rcu_outcome *outcome = malloc(sizeof(*outcome));

	if (!outcome)
		return -ENOMEM;
	int error = rcu_measure(&setup, outcome, out);
	int ret = send_outcome(out, &setup, outcome, error);

	free(outcome);
	return ret;
}
