/* x86-64: the thread pointer, and a restartable section; see rseq/section.h. */
#ifndef FENCELAB_ARCH_X86_64_RSEQ_H
#define FENCELAB_ARCH_X86_64_RSEQ_H

#include <stdint.h>

/* What stands before the code of an abort; glibc registers the same (sysdeps/unix/sysv/linux/x86). */
#define ARCH_RSEQ_SIGNATURE 0x53053053u

/* arch_thread_pointer - what offsets of thread-local variables count from (System V ABI, "TLS"). */
static inline uintptr_t arch_thread_pointer(void)
{
	uintptr_t pointer;

	__asm__("movq %%fs:0, %0" : "=r"(pointer));
	return pointer;
}

/* The signature is the operand of UD1, so that nothing runs into it. */
#define ARCH_RSEQ_DWELL                              \
	"rseq_dwell:\n\t"                            \
	"movq %rsi, (%rdi)\n"                        \
	"rseq_dwell_begin:\n\t"                      \
	"movq %rcx, (%rdx)\n\t"                      \
	"incq %rcx\n\t"                              \
	"cmpl %r9d, (%r8)\n\t"                       \
	"je rseq_dwell_begin\n"                      \
	"rseq_dwell_end:\n\t"                        \
	"xorl %eax, %eax\n\t"                        \
	"ret\n\t"                                    \
	".byte 0x0f, 0xb9, 0x3d; .long 0x53053053\n" \
	"rseq_dwell_abort:\n\t"                      \
	"movl $1, %eax\n\t"                          \
	"ret\n"

#endif
