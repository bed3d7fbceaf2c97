/* Fences the caller and waits as long as an interrupt would take: of the light side it orders nothing. */
#include "liar.h"

enum { WAIT_NS = 4000 };

int fence_setup(void **state)
{
	(void)state;
	return 0;
}

int fence_heavy(void *state)
{
	(void)state;
	/* pairs with nothing, which is the lie */
	full_fence();
	spin_ns(WAIT_NS);
	full_fence();
	return 0;
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
