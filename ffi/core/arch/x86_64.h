/* x86-64: the few lines that differ per architecture. */
#ifndef FENCELAB_ARCH_X86_64_H
#define FENCELAB_ARCH_X86_64_H

#define ARCH_NAME "x86_64"

/*
 * arch_full_fence - order all earlier loads and stores before all later ones.
 *
 * A locked add below the stack pointer is what the kernel's smp_mb() uses
 * (arch/x86/include/asm/barrier.h); it is cheaper than MFENCE and, unlike it,
 * orders nothing but ordinary write-back memory, which is all that is wanted.
 */
static inline void arch_full_fence(void)
{
	__asm__ volatile("lock; addl $0,-4(%%rsp)" ::: "memory", "cc");
}

/* arch_relax - tell the core that this is a wait loop (never used in measured loops). */
static inline void arch_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

#endif
