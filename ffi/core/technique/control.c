/* Controls: what costs like a fence and is none, and fences on the caller's side alone. */
#include "technique/technique.h"

#include "arch/arch.h"
#include "kit/sys.h"

/* none - nothing but the compiler's order; must be seen not to order (barrier/barrier). */
static int none_heavy(struct fence *f)
{
	(void)f;
	compiler_barrier();
	return 0;
}

/*
 * fence - a full barrier on the heavy side only. It orders against a full
 * barrier on the light side and must be seen not to order against a compiler
 * barrier, which is what makes asymmetric fences necessary.
 */
static int fence_heavy(struct fence *f)
{
	(void)f;
	/* pairs with a full fence of the light side, where one is used */
	arch_full_fence();
	return 0;
}

/* getppid - the cheapest system call: kernel entry and exit, no barrier for others. */
static int getppid_heavy(struct fence *f)
{
	(void)f;
	syscall(SYS_getppid);
	return 0;
}

const struct technique techniques_control[] = {
	{ .id = "none", .flags = TECHNIQUE_NOTHING, .heavy = none_heavy },
	{ .id = "fence", .flags = TECHNIQUE_FENCE, .heavy = fence_heavy },
	{ .id = "getppid", .heavy = getppid_heavy },
	/* spins for a given time: the cost of a technique without its barrier */
	{ .id = "delay", .flags = TECHNIQUE_DELAY, .open = fence_delay_open, .heavy = fence_delay_heavy },
	{ .id = NULL },
};
