/* arm64: the few lines that differ per architecture. */
#ifndef FENCELAB_ARCH_AARCH64_H
#define FENCELAB_ARCH_AARCH64_H

#define ARCH_NAME "aarch64"

/* arch_full_fence - smp_mb() of arch/arm64/include/asm/barrier.h: DMB ISH. */
#define ARCH_FULL_FENCE "dmb ish"
static inline void arch_full_fence(void)
{
	__asm__ volatile("dmb ish" ::: "memory");
}

/* arch_relax - tell the core that this is a wait loop (never used in measured loops). */
static inline void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

/*
 * arch_settle - later instructions begin when earlier ones are done; stores that
 * have not left the store buffer stay there. ISB (Arm ARM B2.3).
 */
static inline void arch_settle(void)
{
	__asm__ volatile("isb" ::: "memory");
}

/* arch_ticks - the virtual counter (CNTKCTL_EL1 lets user space read it): for lengths that need not be exact, in loops that must hold no barrier. */
static inline uint64_t arch_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

/* arch_flush_line - DC CIVAC: clean and invalidate to the point of coherency (allowed by SCTLR_EL1.UCI). */
static inline void arch_flush_line(void *line)
{
	__asm__ volatile("dc civac, %0" ::"r"(line) : "memory");
}

/* The interrupt witness: ERET clears the exclusive monitor (Arm ARM B2.12), so the store fails. */
#define ARCH_WITNESS "a reservation, which ERET clears"

/*
 * arch_witness_look - has the kernel interrupted this thread since the last look? Arms it again.
 *
 * Blind between its two instructions: looks should be far apart.
 */
static inline int arch_witness_look(uint32_t *reserved)
{
	uint32_t failed, value;

	__asm__ volatile("stxr %w0, wzr, [%2]; ldxr %w1, [%2]"
			 : "=&r"(failed), "=&r"(value)
			 : "r"(reserved)
			 : "memory");
	return failed != 0;
}

#endif
