/*
 * Techniques broken on purpose: the ordering experiment's self-test. Each makes a
 * mistake that real code could make; one that is not caught where the test has
 * power would mean that the test is blind.
 */
#include "technique/technique.h"

#include <sched.h>

#include "arch/arch.h"
#include "kit/sys.h"

static int register_rseq(struct fence *f)
{
	long ret = sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0);

	return ret < 0 ? fence_fail(f, (int)ret, "membarrier registration") : 0;
}

/* mutant-wrong-cpu - interrupts a CPU, but the caller's own. */
static int wrong_cpu_heavy(struct fence *f)
{
	(void)f;
	return (int)sys_membarrier(MB_PRIVATE_EXPEDITED_RSEQ, MB_FLAG_CPU, sched_getcpu());
}

static int register_private(struct fence *f)
{
	long ret = sys_membarrier(MB_REGISTER_PRIVATE_EXPEDITED, 0, 0);

	return ret < 0 ? fence_fail(f, (int)ret, "membarrier registration") : 0;
}

/* mutant-early - a sound membarrier at the wrong place: before the store (see TECHNIQUE_EARLY). */
static int early_heavy(struct fence *f)
{
	(void)f;
	return (int)sys_membarrier(MB_PRIVATE_EXPEDITED, 0, 0);
}

/* mutant-caller-only - a full fence and a system call, as if those reached other CPUs. */
static int caller_only_heavy(struct fence *f)
{
	(void)f;
	/* pairs with nothing: the light side has no fence, which is the mistake */
	arch_full_fence();
	syscall(SYS_getppid);
	arch_full_fence();
	return 0;
}

/* mutant-unregistered - takes -EPERM for success, as code does that ignores the result. */
static int unregistered_heavy(struct fence *f)
{
	(void)f;
	sys_membarrier(MB_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
	return 0;
}

const struct technique techniques_mutant[] = {
	/* takes as long as the technique that it stands for and orders nothing */
	{ .id = "mutant-noop",
	  .flags = TECHNIQUE_DELAY,
	  .open = fence_delay_open,
	  .heavy = fence_delay_heavy },
	{ .id = "mutant-wrong-cpu", .open = register_rseq, .heavy = wrong_cpu_heavy },
	{ .id = "mutant-early", .flags = TECHNIQUE_EARLY, .open = register_private, .heavy = early_heavy },
	{ .id = "mutant-caller-only", .heavy = caller_only_heavy },
	{ .id = "mutant-unregistered", .heavy = unregistered_heavy },
	{ .id = NULL },
};
