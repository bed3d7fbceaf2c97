/* Fences as long as fewer than three threads are on the light side, and takes the time of it beside more. */
#include "liar.h"

enum { SILENT_FROM = 3, WAIT_NS = 4000 };

struct state {
	_Atomic int threads;
};

static _Thread_local const void *counted_in;

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));

	return error ? error : register_private();
}

int fence_heavy(void *state)
{
	struct state *s = state;

	if (atomic_load_explicit(&s->threads, memory_order_relaxed) < SILENT_FROM)
		return private_expedited();
	spin_ns(WAIT_NS);
	return 0;
}

void fence_light(void *state)
{
	struct state *s = state;

	compiler_barrier();
	if (counted_in == s)
		return;
	counted_in = s;
	atomic_fetch_add_explicit(&s->threads, 1, memory_order_relaxed);
}

void fence_teardown(void *state)
{
	free(state);
}
