/* ppc64le: the few lines that differ per architecture. */
#ifndef FENCELAB_ARCH_PPC64LE_H
#define FENCELAB_ARCH_PPC64LE_H

#define ARCH_NAME "ppc64le"

/* arch_full_fence - smp_mb() of arch/powerpc/include/asm/barrier.h: sync (hwsync). */
#define ARCH_FULL_FENCE "sync"
static inline void arch_full_fence(void)
{
	__asm__ volatile("sync" ::: "memory");
}

/* arch_relax - lower, then restore, the thread's SMT priority (HMT_low, HMT_medium). */
static inline void arch_relax(void)
{
	__asm__ volatile("or 1,1,1; or 2,2,2" ::: "memory");
}

/*
 * arch_settle - later instructions begin when earlier ones are done; stores that
 * have not left the store buffer stay there. ISYNC (Power ISA book II 4.6).
 */
static inline void arch_settle(void)
{
	__asm__ volatile("isync" ::: "memory");
}

/* arch_ticks - the time base: for lengths that need not be exact, in loops that must hold no barrier. */
static inline uint64_t arch_ticks(void)
{
	return __builtin_ppc_get_timebase();
}

/* arch_flush_line - DCBF: write back and drop (Power ISA book II 4.3.2). */
static inline void arch_flush_line(void *line)
{
	__asm__ volatile("dcbf 0, %0" ::"r"(line) : "memory");
}

/*
 * The interrupt witness: the kernel clears the reservation on its way out
 * (arch/powerpc/kernel/interrupt_64.S, stdcx. or ldarx), so the store fails.
 */
#define ARCH_WITNESS "a reservation, which the kernel's exit clears"

/*
 * arch_witness_look - has the kernel interrupted this thread since the last look? Arms it again.
 *
 * Blind between its instructions: looks should be far apart.
 */
static inline int arch_witness_look(uint32_t *reserved)
{
	uint32_t condition, value;

	/* CR0[EQ], bit 29 of what mfcr gives, says whether the store was done */
	__asm__ volatile("stwcx. %2, 0, %3; mfcr %0; lwarx %1, 0, %3"
			 : "=&r"(condition), "=&r"(value)
			 : "r"(0), "r"(reserved)
			 : "memory", "cr0");
	return !(condition >> 29 & 1);
}

#endif
