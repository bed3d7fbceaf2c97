/* ppc64le: the few lines that differ per architecture. */
#ifndef FENCELAB_ARCH_PPC64LE_H
#define FENCELAB_ARCH_PPC64LE_H

#define ARCH_NAME "ppc64le"

/* arch_full_fence - smp_mb() of arch/powerpc/include/asm/barrier.h: sync (hwsync). */
static inline void arch_full_fence(void)
{
	__asm__ volatile("sync" ::: "memory");
}

/* arch_relax - lower, then restore, the thread's SMT priority (HMT_low, HMT_medium). */
static inline void arch_relax(void)
{
	__asm__ volatile("or 1,1,1; or 2,2,2" ::: "memory");
}

#endif
