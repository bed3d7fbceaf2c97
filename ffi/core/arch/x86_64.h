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
#define ARCH_FULL_FENCE "lock; addl"
static inline void arch_full_fence(void)
{
	__asm__ volatile("lock; addl $0,-4(%%rsp)" ::: "memory", "cc");
}

/*
 * arch_mfence - the other full fence, which also orders what is not write-back memory.
 *
 * cmm_smp_mb() of liburcu on x86-64, from its beginnings to 0.15; since 91b6c67ef047 (November
 * 2025) that is a locked add, too.
 */
#define ARCH_MFENCE "mfence"
static inline void arch_mfence(void)
{
	__asm__ volatile("mfence" ::: "memory");
}

/* arch_relax - tell the core that this is a wait loop (never used in measured loops). */
static inline void arch_relax(void)
{
	__asm__ volatile("pause" ::: "memory");
}

/*
 * arch_settle - later instructions begin when earlier ones are done; stores that
 * have not left the store buffer stay there. LFENCE (AMD APM volume 3: dispatch serialising; Intel SDM volume 2).
 */
static inline void arch_settle(void)
{
	__asm__ volatile("lfence" ::: "memory");
}

/* arch_ticks - RDTSC, which waits for nothing: for lengths that need not be exact, in loops that must hold no barrier. */
static inline uint64_t arch_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/*
 * arch_flush_line - write a cache line back and drop it. CLFLUSH is ordered
 * behind older stores and holds younger ones up (Intel SDM volume 2, AMD APM
 * volume 3): the store buffer drains at the pace of memory.
 */
static inline void arch_flush_line(void *line)
{
	__asm__ volatile("clflush (%0)" ::"r"(line) : "memory");
}

/* arch_stream - MOVNTI: a store past the caches, which drops the line from them. */
#define ARCH_STREAMS 1
static inline void arch_stream(void *line, uint64_t value)
{
	__asm__ volatile("movnti %1, (%0)" ::"r"(line), "r"(value) : "memory");
}

/* arch_cpuid - what CPUID says of a leaf: EAX, EBX, ECX, EDX. A translator answers it itself. */
#define ARCH_CPUID 1
static inline void arch_cpuid(uint32_t leaf, uint32_t answer[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(answer[0]), "=b"(answer[1]), "=c"(answer[2]), "=d"(answer[3])
			 : "a"(leaf), "c"(0));
}

/*
 * The interrupt witness: a null selector other than 0 in ES survives user mode
 * but not IRET, which zeroes it (Intel SDM volume 3, "returns to a less
 * privileged level"). FRED's ERETU would not. ES is not used in 64-bit mode.
 */
#define ARCH_WITNESS "a selector in ES, which IRET zeroes"

/* arch_witness_look - has the kernel interrupted this thread since the last look? Arms it again. */
static inline int arch_witness_look(uint32_t *reserved)
{
	uint32_t es;

	(void)reserved;
	__asm__ volatile("movl %%es, %0" : "=r"(es)::"memory");
	if (es == 3)
		return 0;
	__asm__ volatile("movl %0, %%es" ::"r"(3) : "memory");
	return 1;
}

#endif
