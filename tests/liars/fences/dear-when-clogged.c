/*
 * Orders nothing. It spins briefly, and for longer than a store buffer holds
 * anything back where the light side's turns come slowly: whoever compares its
 * usual cost with what it let through while the light side was slow takes the
 * wait for order.
 */
#include "liar.h"

enum {
	BRIEF_NS = 1000,
	LONG_NS = 26 * 1000,
	/* a turn of the light side that lasts longer has met a full store buffer */
	SLOW_NS = 300,
};

struct state {
	_Atomic uint64_t turn_ns; /* on average */
};

static _Thread_local uint64_t last_ns;

int fence_setup(void **state)
{
	return make_state(state, sizeof(struct state));
}

int fence_heavy(void *state)
{
	struct state *s = state;

	spin_ns(atomic_load_explicit(&s->turn_ns, memory_order_relaxed) > SLOW_NS ? LONG_NS : BRIEF_NS);
	return 0;
}

void fence_light(void *state)
{
	struct state *s = state;
	const uint64_t now = now_ns(), took = last_ns ? now - last_ns : 0;
	const uint64_t average = atomic_load_explicit(&s->turn_ns, memory_order_relaxed);

	last_ns = now;
	atomic_store_explicit(&s->turn_ns, (average * 7 + took) / 8, memory_order_relaxed);
}

void fence_teardown(void *state)
{
	free(state);
}
