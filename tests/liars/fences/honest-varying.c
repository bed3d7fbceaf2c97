/* Honest: a membarrier after a wait that is short as a rule and now and then a thousand times as long. */
#include "liar.h"

enum { SHORTEST_NS = 500, DOUBLINGS = 11 };

struct state {
	uint64_t random;
};

int fence_setup(void **state)
{
	int error = make_state(state, sizeof(struct state));

	if (error)
		return error;
	((struct state *)*state)->random = 1;
	return register_private();
}

int fence_heavy(void *state)
{
	struct state *s = state;

	/* xorshift (Marsaglia 2003) */
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	/* twice as long is half as likely */
	spin_ns((uint64_t)SHORTEST_NS << __builtin_ctzll(s->random | 1ull << DOUBLINGS));
	return private_expedited();
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
