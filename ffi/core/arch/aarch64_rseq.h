/* arm64: the thread pointer, and a restartable section; see rseq/section.h. */
#ifndef FENCELAB_ARCH_AARCH64_RSEQ_H
#define FENCELAB_ARCH_AARCH64_RSEQ_H

#include <stdint.h>

/* What stands before the code of an abort, BRK #0x45e0; glibc registers the same. */
#define ARCH_RSEQ_SIGNATURE 0xd428bc00u

/* arch_thread_pointer - what offsets of thread-local variables count from. */
static inline uintptr_t arch_thread_pointer(void)
{
	uintptr_t pointer;

	__asm__("mrs %0, tpidr_el0" : "=r"(pointer));
	return pointer;
}

#define ARCH_RSEQ_DWELL           \
	"rseq_dwell:\n\t"         \
	"str x1, [x0]\n"          \
	"rseq_dwell_begin:\n\t"   \
	"str x3, [x2]\n\t"        \
	"add x3, x3, #1\n\t"      \
	"ldr w6, [x4]\n\t"        \
	"cmp w6, w5\n\t"          \
	"b.eq rseq_dwell_begin\n" \
	"rseq_dwell_end:\n\t"     \
	"mov w0, #0\n\t"          \
	"ret\n\t"                 \
	".inst 0xd428bc00\n"      \
	"rseq_dwell_abort:\n\t"   \
	"mov w0, #1\n\t"          \
	"ret\n"

#endif
