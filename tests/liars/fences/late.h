/*
 * Its first CALLS_WITHOUT calls (of the including file) do nothing and say that
 * all went well; then it registers, and is right.
 */
#include "liar.h"

enum { WAIT_NS = 1000 };

struct state {
	uint64_t calls;
};

int fence_setup(void **state)
{
	return make_state(state, sizeof(struct state));
}

int fence_heavy(void *state)
{
	struct state *s = state;

	if (s->calls++ < CALLS_WITHOUT) {
		spin_ns(WAIT_NS);
		return 0;
	}
	return s->calls == CALLS_WITHOUT + 1 ? register_private() : private_expedited();
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
