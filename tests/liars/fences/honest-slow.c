/* Honest: a membarrier, and as long again of nothing. */
#include "liar.h"

enum { WAIT_NS = 6000 };

int fence_setup(void **state)
{
	(void)state;
	return register_private();
}

int fence_heavy(void *state)
{
	(void)state;
	spin_ns(WAIT_NS);
	return private_expedited();
}

void fence_light(void *state)
{
	(void)state;
	compiler_barrier();
}

void fence_teardown(void *state)
{
	(void)state;
}
