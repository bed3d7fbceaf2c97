/*
 * A torture with its control: the flavour and the same threads without fences, in turns.
 *
 * That nothing stale was seen says something only where the same readers and writers show
 * it when nothing orders them. Turns, so that other load meets both alike.
 */
#include <string.h>

#include "rcu/session.h"

/* The clog with which most was caught; -1 where nothing was. */
static int best_clog(const struct rcu_outcome *control)
{
	int best = 0;

	for (int clog = 1; clog < RCU_CLOGS; clog++)
		if (control->caught[clog] > control->caught[best])
			best = clog;
	return control->caught[best] ? best : -1;
}

/* The flavour, then the same without fences; 0 or -errno. */
static int turn(struct rcu_setup *setup, struct rcu_outcome *outcome, struct rcu_outcome *control, int out)
{
	setup->mutation = RCU_INTACT;
	int ret = rcu_measure(setup, outcome, out);

	setup->mutation = RCU_NO_FENCES;
	if (!ret)
		ret = rcu_measure(setup, control, out);
	setup->mutation = RCU_INTACT;
	return ret;
}

/* calibrate - a turn that is not counted, but for stale readers: how long fences take, and the best clog. */
static int calibrate(struct rcu_setup *setup, struct rcu_outcome *outcome, struct rcu_outcome *control,
		     int out)
{
	int ret = turn(setup, outcome, control, out);
	uint64_t stale = outcome->stale;

	setup->best = best_clog(control);
	if (!ret) {
		rcu_outcome_reset(outcome);
		rcu_outcome_reset(control);
		outcome->stale = stale;
	}
	return ret;
}

/*
 * rcu_torture - the flavour into *outcome, its control into *control, as long each.
 *
 * 0 or -errno, then outcome->reason says what could not be done.
 */
int rcu_torture(struct rcu_setup *setup, struct rcu_outcome *outcome, struct rcu_control *control, int out)
{
	struct rcu_outcome *free_of_fences = &control->outcome;

	setup->budget_ns /= RCU_ROUNDS;
	setup->whole_ns = 2 * setup->budget_ns * (RCU_ROUNDS + 1);
	int ret = calibrate(setup, outcome, free_of_fences, out);

	for (int i = 0; i < RCU_ROUNDS && !ret; i++) {
		const uint64_t stale = free_of_fences->stale, graces = free_of_fences->graces;

		ret = turn(setup, outcome, free_of_fences, out);
		control->stale[i] = free_of_fences->stale - stale;
		control->graces[i] = free_of_fences->graces - graces;
	}
	if (ret && !outcome->reason[0])
		memcpy(outcome->reason, free_of_fences->reason, sizeof(outcome->reason));
	return ret;
}
