/*
 * Leaves out every second call, and waits then until no store buffer holds
 * anything back any more.
 */
#include "liar.h"

enum { WAIT_NS = 40 * 1000 };

struct state {
	uint64_t calls;
};

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));

	return error ? error : register_private();
}

int fence_heavy(void *state)
{
	struct state *s = state;

	if (++s->calls % 2)
		return private_expedited();
	spin_ns(WAIT_NS);
	return 0;
}

void fence_light(void *state)
{
	(void)state;
	compiler_barrier();
}

void fence_teardown(void *state)
{
	free(state);
}
