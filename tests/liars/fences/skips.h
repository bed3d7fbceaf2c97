/*
 * A membarrier that leaves out every EVERYth call (of the including file) and
 * takes the time then that some call took which did not. A library that rations
 * interrupts would be like that.
 */
#include "liar.h"

enum { KEPT = 256 };

struct state {
	uint64_t calls, made;
	uint64_t took_ns[KEPT]; /* by calls that were made */
};

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));

	return error ? error : register_private();
}

int fence_heavy(void *state)
{
	struct state *s = state;

	if (++s->calls % EVERY == 0) {
		/* 97 is prime: any of those that are kept, whatever EVERY is */
		spin_ns(s->took_ns[s->calls / EVERY * 97 % KEPT]);
		return 0;
	}
	const uint64_t start = now_ns();
	int error = private_expedited();

	s->took_ns[s->made++ % KEPT] = now_ns() - start;
	return error;
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
