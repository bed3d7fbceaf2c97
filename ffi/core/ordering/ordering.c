/* The ordering experiment's requests: parameters in, raw counts out. Verdicts are the controller's. */
#include "ordering/ordering.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "experiments.h"
#include "kit/attempt.h"
#include "kit/hist_frame.h"
#include "protocol/frame.h"
#include "protocol/json.h"

static const char *const shapes[] = { "sb", "mp", "lb", "mp-read" };
static const char *const relations[] = { "thread", "process", "process-registered", "shared-mm" };
static const char *const habits[] = { "spin", "sleep", "switch", "exit" };
static const char *const registered[] = { "as-usual", "lazily", "lazily-threaded" };
static const char *const kept[] = {
	[CPU_KEPT] = "kept",
	[CPU_FORGOT] = "forgot",
	[CPU_KEPT_UNKNOWN] = "unknown",
};
static const char *const clogged[] = { "light", "caller" };

#define NAMED(r, key, names) request_choice(r, key, names, sizeof(names) / sizeof((names)[0]))

/* `sibling-cpu` of old controllers is one of `sibling-cpus`. */
static void read_cpus(struct request *r, struct sb_setup *sb, int *cpus)
{
	sb->heavy_cpu = request_cpu(r, "caller-cpu");
	sb->sides = request_cpus(r, "sibling-cpus", cpus, SB_SIDES);
	if (sb->sides <= 0) {
		cpus[0] = request_cpu(r, "sibling-cpu");
		sb->sides = 1;
	}
	sb->light_cpus = cpus;
	for (int i = 0; i < sb->sides; i++)
		if (sb->heavy_cpu == cpus[i])
			request_fail(r, "CPU %d is named for both sides", sb->heavy_cpu);
}

static void write_period(struct json *j, const struct sb_count *c)
{
	if (c->light_turns)
		json_double(j, "lightPeriodNs", (double)c->ns / (double)c->light_turns);
	else
		json_null(j, "lightPeriodNs");
}

static void write_count(struct json *j, const char *key, const struct sb_count *c)
{
	json_object(j, key);
	json_u64(j, "iterations", c->iterations);
	json_u64(j, "weak", c->weak);
	json_u64(j, "missed", c->missed);
	write_period(j, c);
	json_object_end(j);
}

static void write_clog(struct json *j, const char *key, struct clog clog)
{
	json_object(j, key);
	json_string(j, "kind", clog_name(clog.kind));
	json_u64(j, "count", clog.count);
	json_object_end(j);
}

static void write_share(struct json *j, const char *key, int hits, int samples)
{
	if (samples == 0) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_i64(j, "hits", hits);
	json_i64(j, "samples", samples);
	json_object_end(j);
}

static void write_ns(struct json *j, const char *key, double ns)
{
	if (ns < 0)
		json_null(j, key);
	else
		json_double(j, key, ns);
}

static void write_calibration(struct json *j, const struct clog_calibration *c)
{
	json_object(j, "calibration");
	json_array(j, "trials");
	for (int i = 0; i < c->trials; i++) {
		json_object(j, NULL);
		json_string(j, "kind", clog_name(c->trial[i].clog.kind));
		json_u64(j, "count", c->trial[i].clog.count);
		json_u64(j, "iterations", c->trial[i].delay.iterations);
		json_u64(j, "weak", c->trial[i].delay.weak);
		write_period(j, &c->trial[i].delay);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}

/* Samples longer than the upper end of what a histogram holds. */
static uint64_t longer_than(const struct hist *h, uint64_t ps)
{
	uint64_t n = 0;

	for (unsigned int i = hist_index(ps) + 1; i < HIST_BUCKETS; i++)
		n += h->bucket[i];
	return n;
}

/*
 * How long delays were that were caught, but for the longest thousandth, and how
 * many calls lasted longer although no clog held them up: of those nothing is known.
 */
static void write_reach(struct json *j, const struct ordering_outcome *o)
{
	const uint64_t reach = hist_quantile(o->caught, 0.999);

	json_object(j, "reach");
	json_double(j, "ns", (double)reach / 1000);
	json_u64(j, "calls", o->idle->count);
	json_u64(j, "longer", longer_than(o->idle, reach));
	json_object_end(j);
}

/* Blocks as columns: turns and forbidden outcomes, of the technique and of the delay. */
static void write_blocks(struct json *j, const struct ordering_side *side, int blocks)
{
	static const struct {
		const char *name;
		size_t offset;
	} columns[] = {
		{ "turns", offsetof(struct ordering_block, turns) },
		{ "weak", offsetof(struct ordering_block, weak) },
		{ "delayTurns", offsetof(struct ordering_block, delay_turns) },
		{ "delayWeak", offsetof(struct ordering_block, delay_weak) },
	};

	json_object(j, "blocks");
	for (size_t c = 0; c < sizeof(columns) / sizeof(columns[0]); c++) {
		json_array(j, columns[c].name);
		for (int i = 0; i < blocks; i++)
			json_u64(j, NULL,
				 *(const uint32_t *)((const char *)&side->block[i] + columns[c].offset));
		json_array_end(j);
	}
	json_object_end(j);
}

static void write_interrupts(struct json *j, const struct ordering_outcome *o, bool counted, uint64_t n)
{
	if (counted)
		json_double(j, "interruptsPerOp", (double)n / (double)o->calls);
	else
		json_null(j, "interruptsPerOp");
}

static void write_sides(struct json *j, const struct ordering_setup *setup,
			const struct ordering_outcome *o, bool counted)
{
	json_array(j, "siblings");
	for (int i = 0; i < setup->sb.sides; i++) {
		const struct ordering_side *side = &o->side[i];

		json_object(j, NULL);
		json_i64(j, "cpu", setup->sb.light_cpus[i]);
		write_count(j, "counts", &side->technique);
		write_count(j, "delay", &side->delay);
		write_interrupts(j, o, counted, side->technique.interrupts);
		json_u64(j, "preempted", side->technique.involuntary);
		write_blocks(j, side, o->blocks);
		json_object_end(j);
	}
	json_array_end(j);
}

/* The light side whose missing order would have shown least, and of those that which was interrupted least. */
static const struct ordering_side *weakest(const struct ordering_setup *setup,
					   const struct ordering_outcome *o)
{
	const struct ordering_side *least = &o->side[0];

	for (int i = 1; i < setup->sb.sides; i++)
		if (o->side[i].delay.weak * least->delay.iterations <
		    least->delay.weak * o->side[i].delay.iterations)
			least = &o->side[i];
	return least;
}

static uint64_t least_interrupts(const struct ordering_setup *setup, const struct ordering_outcome *o)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < setup->sb.sides; i++)
		if (o->side[i].technique.interrupts < least)
			least = o->side[i].technique.interrupts;
	return least;
}

static int send_outcome(int out, const struct ordering_setup *setup, const struct ordering_outcome *o,
			const char *light)
{
	const bool counted = o->plan.source == COUNT_PERF && setup->sb.habit != SB_EXIT && o->calls > 0;
	const struct ordering_side *least = weakest(setup, o);
	struct sb_count technique = least->technique;
	uint64_t preempted = 0;
	struct json j;

	/* a forbidden outcome of any light side is one */
	technique.weak = 0;
	for (int i = 0; i < setup->sb.sides; i++) {
		technique.weak += o->side[i].technique.weak;
		preempted += o->side[i].technique.involuntary;
	}
	json_init(&j);
	json_object(&j, NULL);
	json_string(&j, "technique", setup->technique->id);
	json_string(&j, "shape", shapes[setup->sb.shape]);
	json_string(&j, "relation", relations[setup->sb.relation]);
	json_string(&j, "habit", habits[setup->sb.habit]);
	json_string(&j, "light", light);
	json_string(&j, "clogged", clogged[setup->sb.clog_caller]);
	json_string(&j, "registered", registered[setup->registered]);
	json_string(&j, "kept", setup->registered == REGISTERED_AS_USUAL ? NULL : kept[o->kept]);
	json_i64(&j, "callerCpu", setup->sb.heavy_cpu);
	json_i64(&j, "siblingCpu", setup->sb.light_cpus[0]);
	attempt_write(&j, o->error, o->refused, o->reason);
	json_bool(&j, "starved", o->starved);
	write_count(&j, "counts", &technique);
	write_count(&j, "delay", &least->delay);
	write_sides(&j, setup, o, counted);
	json_object(&j, "first");
	json_u64(&j, "iterations", o->first);
	json_u64(&j, "weak", o->first_weak);
	json_object_end(&j);
	json_object(&j, "ruler");
	json_u64(&j, "turns", o->drawn);
	json_u64(&j, "brief", o->brief);
	json_object_end(&j);
	hist_write(&j, "took", o->took);
	hist_write(&j, "delayTook", o->delayed);
	write_reach(&j, o);
	write_clog(&j, "clog", o->calibration.clog);
	write_calibration(&j, &o->calibration);
	write_ns(&j, "costNs", o->cost_ns);
	if (o->took->count)
		json_double(&j, "cloggedNs", (double)hist_quantile(o->took, 0.5) / 1000);
	else
		json_null(&j, "cloggedNs");
	write_interrupts(&j, o, counted, least_interrupts(setup, o));
	json_u64(&j, "preempted", preempted);
	json_string(&j, "witnessBy", ARCH_WITNESS);
	write_share(&j, "witness", o->witnessed, o->witness_samples);
	write_share(&j, "background", o->background, o->background_samples);
	json_string(&j, "priority", priority_name(o->priority));
	json_double(&j, "seconds", o->seconds);
	json_object_end(&j);
	return frame_send_json(out, FRAME_RESULT, &j);
}

static void read_light(struct request *r, struct ordering_setup *setup, const char *light)
{
	if (strcmp(light, "fence") == 0)
		setup->sb.light = SB_FENCE;
	else if (strcmp(light, "barrier") != 0)
		setup->sb.light = SB_CALL;
	if (setup->sb.light == SB_CALL) {
		setup->light = technique_find(light);
		if (!setup->light)
			request_fail(r, "light '%.60s' is neither barrier, fence nor a technique", light);
	}
}

static void free_outcome(struct ordering_outcome *o, int sides)
{
	for (int i = 0; o && o->side && i < sides; i++)
		free(o->side[i].block);
	if (o) {
		free(o->side);
		free(o->took);
		free(o->delayed);
		free(o->idle);
		free(o->caught);
	}
	free(o);
}

/* An empty outcome for so many light sides; NULL when there is no memory. */
static struct ordering_outcome *make_outcome(int sides)
{
	struct ordering_outcome *o = calloc(1, sizeof(*o));
	bool whole = o;

	if (o) {
		o->side = calloc((size_t)sides, sizeof(*o->side));
		o->took = calloc(1, sizeof(*o->took));
		o->delayed = calloc(1, sizeof(*o->delayed));
		o->idle = calloc(1, sizeof(*o->idle));
		o->caught = calloc(1, sizeof(*o->caught));
		whole = o->side && o->took && o->delayed && o->idle && o->caught;
	}
	for (int i = 0; whole && i < sides; i++) {
		o->side[i].block = calloc(ORDERING_BLOCKS_MAX, sizeof(*o->side[i].block));
		whole = o->side[i].block;
	}
	if (whole) {
		hist_reset(o->took);
		hist_reset(o->delayed);
		hist_reset(o->idle);
		hist_reset(o->caught);
		return o;
	}
	free_outcome(o, sides);
	return NULL;
}

/*
 * ordering_run - request=ordering.
 *
 * technique, caller-cpu, sibling-cpus (or sibling-cpu), shape (sb, mp, lb,
 * mp-read), relation (thread, process, process-registered, shared-mm), habit
 * (spin, sleep, switch, exit), light (barrier, fence, or a technique that the
 * light side calls), clogged (light, caller: whose store buffer is full),
 * registered (as-usual, lazily, lazily-threaded: when, see kit/lazy.c),
 * iterations, budget-ms, exclude-ppm (go on until failing calls are known to be
 * rarer, 0: no), delay-ns (of `delay` and mutant-noop). A technique that cannot
 * run here is an ordinary result.
 */
int ordering_run(struct request *r, int out)
{
	struct ordering_setup setup = { .technique = technique_find(request_string(r, "technique", "")) };
	const char *light = request_string(r, "light", "barrier");
	int cpus[SB_SIDES];

	setup.sb.shape = (enum sb_shape)NAMED(r, "shape", shapes);
	setup.sb.relation = (enum sb_relation)NAMED(r, "relation", relations);
	setup.sb.habit = (enum sb_habit)NAMED(r, "habit", habits);
	setup.registered = (enum ordering_registered)NAMED(r, "registered", registered);
	setup.sb.clog_caller = NAMED(r, "clogged", clogged) == 1;
	setup.delay_ns = request_u64(r, "delay-ns", 0, NSEC_PER_SEC, 10000);
	setup.iterations = request_u64(r, "iterations", 1, 100000000, 20000);
	setup.budget_ns = request_u64(r, "budget-ms", 1, 3600000, 5000) * NSEC_PER_MSEC;
	setup.exclude = (double)request_u64(r, "exclude-ppm", 0, 1000000, 0) / 1e6;
	read_cpus(r, &setup.sb, cpus);
	if (!setup.technique)
		request_fail(r, "technique '%.60s' is not known", request_string(r, "technique", ""));
	read_light(r, &setup, light);
	if (setup.sb.habit == SB_EXIT && setup.sb.relation != SB_THREAD &&
	    setup.sb.relation != SB_SHARED_MM)
		request_fail(r, "habit exit is for relation thread or shared-mm");
	if (setup.registered != REGISTERED_AS_USUAL &&
	    (!setup.technique || !setup.technique->registration || setup.sb.relation != SB_THREAD))
		request_fail(r, "registered lazily is for techniques that register, and threads");
	if (setup.sb.shape != SB_STORE_BUFFERING && (setup.sb.light != SB_BARRIER || setup.sb.clog_caller))
		request_fail(r, "shape %s knows light barrier and no clogs", shapes[setup.sb.shape]);
	if (request_finish(r))
		return -EINVAL;
	struct ordering_outcome *o = make_outcome(setup.sb.sides);

	if (!o)
		return -ENOMEM;
	technique_limit(setup.technique, setup.budget_ns);
	ordering_measure(&setup, o, out);
	int ret = send_outcome(out, &setup, o, light);

	free_outcome(o, setup.sb.sides);
	return ret;
}
