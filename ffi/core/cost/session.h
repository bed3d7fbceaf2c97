/*
 * One measurement of the cost experiment from inside: the callers, and what
 * cost/caller.c offers to the loop in cost/loop.c.
 */
#ifndef FENCELAB_COST_SESSION_H
#define FENCELAB_COST_SESSION_H

#include "cost/cost.h"
#include "kit/crew.h"

enum {
	BATCH_MAX = 16, /* samples between two readings of the interrupt counters */
	STAGES = 3, /* of a batch: see caller_stage() */
};

/* A sample without proof that every sibling ran. */
#define DROPPED UINT64_MAX
/* session.go that ends the callers; stages are numbered from STAGES on. */
#define GO_HOME UINT32_MAX

struct session;

struct caller {
	CACHE_APART _Atomic uint32_t done; /* number of the last finished stage */
	struct session *session;
	struct fence fence;
	struct counter counter;
	struct tally before, after; /* around the last batch */
	uint64_t sample[BATCH_MAX]; /* ns per group, or DROPPED */
	struct cost_drops drops;
	uint64_t calls; /* of the technique */
	struct answers failures; /* of those that failed */
	pthread_t thread;
	bool prepared, started;
	int cpu, tid, error;
	int *targets; /* thread ids of everybody else */
};

struct session {
	CACHE_APART _Atomic uint32_t go; /* number of the stage to go through; GO_HOME ends them */
	const struct cost_setup *setup;
	struct cost_outcome *outcome;
	struct crew crew;
	struct caller *caller;
	uint32_t number; /* of the running batch's first stage */
	uint64_t group;
	int batch;
};

int callers_open(struct session *s);
int callers_start(struct session *s);
int callers_bind(struct session *s);
void callers_finish(struct session *s);
int caller_await(const struct caller *c, uint32_t number);
int caller_sample(struct session *s, struct caller *me, uint64_t *ns);
void caller_stage(struct session *s, struct caller *me, uint32_t number);

#endif
