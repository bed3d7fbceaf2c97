/* The shapes experiment: parameters in, one result out. */
#include "ordering/shapes.h"

#include <errno.h>
#include <stdio.h>

#include "experiments.h"
#include "kit/clock.h"
#include "protocol/frame.h"
#include "protocol/json.h"

enum { MAX_CPUS = 1024 };

static void write_outcome(struct json *j, const struct shape *shape, bool fence, int cpus,
			  const struct shape_outcome *o)
{
	char why[80] = "";

	if (cpus < shape->threads)
		snprintf(why, sizeof(why), "it needs %d CPUs, %d can be used", shape->threads, cpus);
	else if (o->error == -ETIMEDOUT)
		snprintf(why, sizeof(why), "a thread did not get to run");
	else if (o->error)
		snprintf(why, sizeof(why), "its threads cannot start: %s", errno_name(-o->error));
	json_object(j, NULL);
	json_string(j, "shape", shape->id);
	json_i64(j, "threads", shape->threads);
	json_string(j, "barrier", fence ? "fence" : "none");
	json_u64(j, "iterations", o->iterations);
	json_u64(j, "weak", o->weak);
	json_bool(j, "ran", !why[0]);
	json_string(j, "why", why[0] ? why : NULL);
	json_object_end(j);
}

/* Every shape that the CPUs suffice for, without and with fences, each with its share of the time. */
static void run_all(struct json *j, struct shape_setup *setup, int cpus, int out)
{
	uint64_t total = setup->budget_ns, start = now_ns();
	int runs = 0, done = 0;

	for (const struct shape *s = shapes; s->id; s++)
		runs += s->threads <= cpus ? 2 : 0;
	setup->budget_ns = total / (uint64_t)(runs ? runs : 1);
	json_array(j, "shapes");
	for (const struct shape *s = shapes; s->id; s++)
		for (int fence = 0; fence < 2; fence++) {
			struct shape_outcome outcome = { 0 };

			if (s->threads <= cpus) {
				shape_run(s, fence, setup, &outcome);
				progress_send(out, (double)++done / runs);
			}
			write_outcome(j, s, fence, cpus, &outcome);
		}
	json_array_end(j);
	json_double(j, "seconds", (double)(now_ns() - start) / 1e9);
}

/*
 * shapes_run - request=shapes.
 *
 * cpus (one for each thread), iterations of each shape and variant, budget-ms for
 * all of them, priority (fifo: the best that is allowed, autogroup, none).
 */
int shapes_run(struct request *r, int out)
{
	int cpus[MAX_CPUS], n = request_cpus(r, "cpus", cpus, MAX_CPUS);
	struct shape_setup setup = { .cpus = cpus };
	bool fifo, autogroup;
	struct json j;

	setup.iterations = request_u64(r, "iterations", 1, 1000000000000, 1000000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 4000) * NSEC_PER_MSEC;
	if (n == 0)
		request_fail(r, "cpus names no CPU");
	request_priority(r, &fifo, &autogroup);
	if (request_finish(r))
		return -EINVAL;
	setup.priority = priority_apply(fifo, autogroup);
	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "experiment", "shapes");
	json_cpus(&j, "cpus", cpus, n);
	json_string(&j, "priority", priority_name(setup.priority));
	run_all(&j, &setup, n, out);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}
