/*
 * Orders the light side and not the caller: the light side fences itself by the
 * clock, and the heavy side waits until it has seen that happen. It only loads
 * meanwhile, so nothing drains its own store buffer. (Whatever a caller caused
 * by a store of its own, and saw the effect of, would have drained it on x86-64.)
 */
#include "liar.h"

enum {
	PERIOD_NS = 2000, /* between two fences of the light side */
	WAIT_NS = 1000, /* where nobody has called fence_light() … */
	PATIENCE_NS = 200 * 1000, /* … and where nobody does any more */
};

struct state {
	_Atomic uint64_t fences;
};

static _Thread_local uint64_t last_ns;

int fence_setup(void **state)
{
	return make_state(state, sizeof(struct state));
}

int fence_heavy(void *state)
{
	struct state *s = state;
	const uint64_t before = atomic_load_explicit(&s->fences, memory_order_relaxed);

	const uint64_t end = now_ns() + (before ? PATIENCE_NS : WAIT_NS);

	/* two: the first of them may have begun before this call */
	while (now_ns() < end)
		if (before && atomic_load_explicit(&s->fences, memory_order_relaxed) >= before + 2)
			break;
	return 0;
}

void fence_light(void *state)
{
	struct state *s = state;
	const uint64_t now = now_ns();

	compiler_barrier();
	if (now - last_ns < PERIOD_NS)
		return;
	last_ns = now;
	/* pairs with the loads of fence_heavy() */
	full_fence();
	atomic_fetch_add_explicit(&s->fences, 1, memory_order_relaxed);
	compiler_barrier();
}

void fence_teardown(void *state)
{
	free(state);
}
