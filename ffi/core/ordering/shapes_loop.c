/*
 * Running a shape, as litmus7 does: batches of many instances, all threads
 * through the same ones in the same order, met by a barrier before and after.
 *
 * An instance is used once per batch. Threads that walk through a batch side by
 * side meet in a few of its instances; where exactly changes with each batch's
 * order and with a short wait of each thread.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "kit/clock.h"
#include "kit/crew.h"
#include "ordering/shapes.h"

enum { MEET_S = 3, SKEW_TURNS = 64 };

/* One thread of a shape. */
struct lane {
	struct batch *batch;
	shape_body *body;
	struct seen *seen;
	pthread_t thread;
	int cpu, error;
	uint32_t skew; /* of its wait before a batch, a linear congruence */
};

struct batch {
	CACHE_APART _Atomic uint32_t arrived;
	CACHE_APART _Atomic uint32_t meeting; /* number of meetings so far */
	_Atomic bool lost; /* a thread did not come */
	/* written by lane 0 before a meeting, read by all after it */
	CACHE_APART enum crew_order order;
	struct walk walk;
	struct duty duty;
	enum priority priority;
	int lanes;
	struct cell *cells;
	struct lane lane[SHAPE_THREADS];
};

/* meet - wait until all lanes are here; what each wrote before is visible to all after it. */
static bool meet(struct batch *b)
{
	struct patience patience = { 0 };
	uint32_t meeting = atomic_load_explicit(&b->meeting, memory_order_relaxed);

	/* the last one pairs with all others' arrivals */
	if (atomic_fetch_add_explicit(&b->arrived, 1, memory_order_acq_rel) + 1 == (uint32_t)b->lanes) {
		atomic_store_explicit(&b->arrived, 0, memory_order_relaxed);
		/* pairs with the acquire load below */
		atomic_store_explicit(&b->meeting, meeting + 1, memory_order_release);
		return true;
	}
	while (atomic_load_explicit(&b->meeting, memory_order_acquire) == meeting) {
		if (atomic_load_explicit(&b->lost, memory_order_relaxed))
			return false;
		if (patience_lost(&patience, MEET_S * NSEC_PER_SEC))
			atomic_store_explicit(&b->lost, true, memory_order_relaxed);
	}
	return true;
}

static int lane_place(const struct lane *l)
{
	return thread_place(l->cpu, l->batch->priority, 1);
}

/* lane_batch - one batch, or a rest; false when the run is over. */
static bool lane_batch(struct lane *l)
{
	struct batch *b = l->batch;

	if (!meet(b) || b->order == CREW_STOP)
		return false;
	if (b->order == CREW_PAUSE) {
		sleep_ns(b->duty.pause_ns);
	} else {
		l->skew = l->skew * 1664525 + 1013904223; /* Numerical Recipes */
		for (uint32_t turns = (l->skew >> 16) % SKEW_TURNS; turns; turns--)
			compiler_barrier();
		l->body(&b->walk, b->cells, l->seen);
	}
	return meet(b);
}

static void *lane_main(void *argument)
{
	struct lane *l = argument;

	l->error = lane_place(l);
	/* the first meeting tells lane 0 of the error, which then stops everybody */
	if (meet(l->batch))
		while (lane_batch(l))
			;
	return NULL;
}

/* Count the weak outcomes of the batch that has ended. */
static uint64_t count_weak(const struct batch *b, const struct shape *shape)
{
	uint64_t weak = 0;

	for (uint32_t i = 0; i < SHAPE_CELLS; i++) {
		struct seen seen[SHAPE_THREADS];

		for (int k = 0; k < b->lanes; k++)
			seen[k] = b->lane[k].seen[i];
		weak += shape->weak(&b->cells[i], seen);
	}
	return weak;
}

/* Lane 0 leads: it prepares batches, takes part, and counts. */
static int lead(struct batch *b, const struct shape *shape, const struct shape_setup *setup,
		struct shape_outcome *o)
{
	uint64_t start = now_ns(), burst = start, now = start;
	uint32_t seed = 1;
	int ret = lane_place(&b->lane[0]);

	if (!meet(b))
		return -ETIMEDOUT;
	for (int i = 1; i < b->lanes && !ret; i++)
		ret = b->lane[i].error;
	while (!ret) {
		bool tired = b->duty.burst_ns && now - burst > b->duty.burst_ns;
		bool done = o->iterations >= setup->iterations || now - start > setup->budget_ns;

		seed = seed * 1664525 + 1013904223;
		b->order = done ? CREW_STOP : tired ? CREW_PAUSE : CREW_RUN;
		b->walk = (struct walk){ seed >> 8, (seed >> 16) | 1 };
		memset(b->cells, 0, SHAPE_CELLS * sizeof(*b->cells));
		if (!lane_batch(&b->lane[0])) {
			ret = b->order == CREW_STOP ? 0 : -ETIMEDOUT;
			break;
		}
		now = now_ns();
		if (tired)
			burst = now;
		if (b->order == CREW_PAUSE)
			continue;
		o->weak += count_weak(b, shape);
		o->iterations += SHAPE_CELLS;
	}
	if (ret) {
		b->order = CREW_STOP;
		meet(b);
	}
	return ret;
}

static int start_lanes(struct batch *b, const struct shape *shape, bool fence,
		       const struct shape_setup *setup, struct seen *seen)
{
	for (int i = 0; i < shape->threads; i++) {
		struct lane *l = &b->lane[i];

		l->batch = b;
		l->cpu = setup->cpus[i];
		l->body = shape->body[i][fence];
		l->seen = seen + i * SHAPE_CELLS;
		l->skew = (uint32_t)i * 7919;
	}
	/* lane 0 is the calling thread; it is pinned last, for threads inherit CPU and priority */
	for (int i = 1; i < shape->threads; i++) {
		int ret = -pthread_create(&b->lane[i].thread, NULL, lane_main, &b->lane[i]);

		if (ret) {
			atomic_store_explicit(&b->lost, true, memory_order_relaxed);
			b->lanes = i;
			return ret;
		}
	}
	return 0;
}

/* shape_run - one shape, without or with fences; 0 or -errno, which the outcome holds too. */
int shape_run(const struct shape *shape, bool fence, const struct shape_setup *setup,
	      struct shape_outcome *outcome)
{
	struct batch *b = aligned_alloc(_Alignof(struct batch), sizeof(*b));
	struct cell *cells = aligned_alloc(_Alignof(struct cell), SHAPE_CELLS * sizeof(*cells));
	struct seen *seen = calloc(SHAPE_THREADS * SHAPE_CELLS, sizeof(*seen));
	int ret = b && cells && seen ? 0 : -ENOMEM;

	memset(outcome, 0, sizeof(*outcome));
	if (!ret) {
		memset(b, 0, sizeof(*b));
		b->lanes = shape->threads;
		b->cells = cells;
		b->priority = setup->priority;
		duty_choose(&b->duty, setup->priority);
		ret = start_lanes(b, shape, fence, setup, seen);
		ret = ret ? ret : lead(b, shape, setup, outcome);
		if (ret == -ETIMEDOUT)
			threads_rescue();
		for (int i = 1; i < b->lanes; i++)
			pthread_join(b->lane[i].thread, NULL);
	}
	free(seen);
	free(cells);
	free(b);
	outcome->error = ret;
	return ret;
}
