/* Picks the architecture's header and adds what all of them share. */
#ifndef FENCELAB_ARCH_H
#define FENCELAB_ARCH_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#include "arch/ppc64le.h"
#else
#error "fencelab knows x86_64, aarch64 and ppc64le"
#endif

#ifndef ARCH_MFENCE
/* arch_mfence - only x86-64 has two full fences. */
static inline void arch_mfence(void)
{
	arch_full_fence();
}
#endif

/*
 * compiler_barrier - the light side of every asymmetric fence: the compiler may
 * not move memory accesses across it, the CPU may. It pairs with the heavy
 * side's technique on another CPU.
 */
static inline void compiler_barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

/* Two destructive-interference units: x86 prefetches lines in pairs, ppc64le has 128-byte lines. */
#define CACHE_APART __attribute__((aligned(256)))

#endif
