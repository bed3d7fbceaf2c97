/*
 * The light side fences itself for as long as the heavy side was busy lately:
 * right where calls follow each other, wrong for the first one after a rest.
 */
#include "liar.h"

enum { REST_NS = 20 * 1000, WAIT_NS = 2000 };

struct state {
	_Atomic uint64_t until;
};

int fence_setup(void **state)
{
	return make_state(state, sizeof(struct state));
}

int fence_heavy(void *state)
{
	struct state *s = state;

	full_fence();
	atomic_store_explicit(&s->until, now_ns() + REST_NS, memory_order_relaxed);
	spin_ns(WAIT_NS);
	full_fence();
	return 0;
}

void fence_light(void *state)
{
	struct state *s = state;

	compiler_barrier();
	if (now_ns() < atomic_load_explicit(&s->until, memory_order_relaxed))
		full_fence();
}

void fence_teardown(void *state)
{
	free(state);
}
