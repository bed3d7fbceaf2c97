/* ppc64le: the thread pointer, and a restartable section; see rseq/section.h. */
#ifndef FENCELAB_ARCH_PPC64LE_RSEQ_H
#define FENCELAB_ARCH_PPC64LE_RSEQ_H

#include <stdint.h>

/* What stands before the code of an abort, twui r5, 11; glibc registers the same. */
#define ARCH_RSEQ_SIGNATURE 0x0fe5000bu

/* arch_thread_pointer - what offsets of thread-local variables count from: r13 (ELF V2 ABI). */
static inline uintptr_t arch_thread_pointer(void)
{
	uintptr_t pointer;

	__asm__("mr %0, 13" : "=r"(pointer));
	return pointer;
}

#define ARCH_RSEQ_DWELL          \
	"rseq_dwell:\n\t"        \
	"std 4, 0(3)\n"          \
	"rseq_dwell_begin:\n\t"  \
	"std 6, 0(5)\n\t"        \
	"addi 6, 6, 1\n\t"       \
	"lwz 9, 0(7)\n\t"        \
	"cmplw 9, 8\n\t"         \
	"beq rseq_dwell_begin\n" \
	"rseq_dwell_end:\n\t"    \
	"li 3, 0\n\t"            \
	"blr\n\t"                \
	".long 0x0fe5000b\n"     \
	"rseq_dwell_abort:\n\t"  \
	"li 3, 1\n\t"            \
	"blr\n"

#endif
