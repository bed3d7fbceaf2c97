/*
 * membarrier(2) in all its commands (man-pages 6.03, kernel/sched/membarrier.c).
 *
 * The expedited commands send an interrupt to each CPU that runs the process at
 * that moment (GLOBAL_EXPEDITED: a registered process) and wait for all of
 * them; its handler executes smp_mb(). CPUs that do not run it are ordered by
 * the barriers of the context switch that took the process off them.
 */
#include "technique/technique.h"

#include <stdio.h>

#include "kit/sys.h"
#include "protocol/json.h"

/*
 * membarrier_open - look the command up, then register.
 *
 * QUERY natively never fails with EPERM, so EPERM there is a seccomp filter,
 * whereas EPERM of a command may be a missing registration
 * (https://github.com/moby/moby/issues/40731). Registering takes milliseconds
 * once threads exist: it calls synchronize_rcu().
 */
static int membarrier_open(struct fence *f)
{
	int command = f->technique->command, registration = f->technique->registration;
	long mask = sys_membarrier(MB_QUERY, 0, 0);

	if (mask == -EPERM)
		return fence_fail(f, -EPERM, "a seccomp filter forbids membarrier (QUERY)");
	if (mask < 0)
		return fence_fail(f, (int)mask, "membarrier QUERY");
	if (!(mask & command)) {
		f->refused = true;
		snprintf(f->reason, sizeof(f->reason),
			 "membarrier QUERY lacks the command: mask 0x%lx, command 0x%x: EINVAL", mask,
			 command);
		return -EINVAL;
	}
	if (!registration)
		return 0;
	long ret = sys_membarrier(registration, 0, 0);

	return ret < 0 ? fence_fail(f, (int)ret, "membarrier registration") : 0;
}

static int membarrier_heavy(struct fence *f)
{
	/* pairs with the light side's compiler_barrier() */
	return (int)sys_membarrier(f->technique->command, 0, 0);
}

/* FLAG_CPU restarts rseq critical sections of one CPU only; 0 without effect when it runs others. */
static int membarrier_cpu_heavy(struct fence *f)
{
	/* pairs with the compiler_barrier() of light sides on that CPU */
	return (int)sys_membarrier(MB_PRIVATE_EXPEDITED_RSEQ, MB_FLAG_CPU, f->cpu < 0 ? 0 : f->cpu);
}

#define MEMBARRIER(name, cmd, reg, fn)                                                                    \
	{                                                                                                 \
		.id = name, .command = (cmd), .registration = (reg), .open = membarrier_open, .heavy = fn \
	}

const struct technique techniques_membarrier[] = {
	/* an RCU grace period, milliseconds; 4.3, commit 5b25b13ab08f */
	MEMBARRIER("membarrier-global", MB_GLOBAL, 0, membarrier_heavy),
	/*
	 * 4.16; reaches other processes too, where they registered to receive. It misses
	 * CPUs that idled with this address space while the process registered, until
	 * they run another one (kit/lazy.c); CPUs that run its threads are not missed.
	 */
	{ .id = "membarrier-global-expedited",
	  .flags = TECHNIQUE_LATE,
	  .command = MB_GLOBAL_EXPEDITED,
	  .registration = MB_REGISTER_GLOBAL_EXPEDITED,
	  .open = membarrier_open,
	  .heavy = membarrier_heavy },
	/* 4.14; what liburcu, folly, .NET and OpenJDK use */
	MEMBARRIER("membarrier-private-expedited", MB_PRIVATE_EXPEDITED, MB_REGISTER_PRIVATE_EXPEDITED,
		   membarrier_heavy),
	/* 4.16; a core-serialising instruction on every sibling besides, for JITs */
	MEMBARRIER("membarrier-sync-core", MB_PRIVATE_EXPEDITED_SYNC_CORE,
		   MB_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, membarrier_heavy),
	/* 5.10; promises restart of rseq critical sections, not ordering */
	MEMBARRIER("membarrier-rseq", MB_PRIVATE_EXPEDITED_RSEQ, MB_REGISTER_PRIVATE_EXPEDITED_RSEQ,
		   membarrier_heavy),
	MEMBARRIER("membarrier-rseq-cpu", MB_PRIVATE_EXPEDITED_RSEQ, MB_REGISTER_PRIVATE_EXPEDITED_RSEQ,
		   membarrier_cpu_heavy),
	{ .id = NULL },
};
