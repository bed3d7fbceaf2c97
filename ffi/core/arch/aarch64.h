/* arm64: the few lines that differ per architecture. */
#ifndef FENCELAB_ARCH_AARCH64_H
#define FENCELAB_ARCH_AARCH64_H

#define ARCH_NAME "aarch64"

/* arch_full_fence - smp_mb() of arch/arm64/include/asm/barrier.h: DMB ISH. */
static inline void arch_full_fence(void)
{
	__asm__ volatile("dmb ish" ::: "memory");
}

/* arch_relax - tell the core that this is a wait loop (never used in measured loops). */
static inline void arch_relax(void)
{
	__asm__ volatile("yield" ::: "memory");
}

#endif
